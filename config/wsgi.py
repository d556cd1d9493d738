"""WSGI entry point for gunicorn; a database without its triggers is not served."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from desk.services import starting  # noqa: E402 - needs the apps that are loaded above

starting.refuse_without_triggers()
