"""What Feedmill tells services that watch programs: systemd, a dead man's switch, Sentry and OpenTelemetry."""
