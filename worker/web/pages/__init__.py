"""What a person sees in a browser: a module a subject, with its routes, over templates and static files."""
