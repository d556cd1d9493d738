"""The demonstration: one real case from registration to award notice, through the services."""
