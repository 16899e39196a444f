"""What is answered over HTTP: to monitoring, to load balancers, and to hubs."""
