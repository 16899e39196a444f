"""When things are done to feeds: thin Celery tasks that call ``worker`` and decide nothing."""
