"""What Feedmill tells services that watch programs: faults to Sentry, spans to OpenTelemetry; both are extras."""
