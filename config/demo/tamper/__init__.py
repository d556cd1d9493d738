"""The tamper matrix: what somebody with full rights over the database can try, and who notices.

`scene` builds a small installation with a commission's tool of its own, `hand` is the attacker,
`layers` asks every layer what it sees afterwards; the other modules hold the attacks.
"""
