"""The programming interface, ``/v1/``: rows of the store as JSON, described by OpenAPI; see docs/api.md."""
