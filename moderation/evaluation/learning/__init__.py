"""How the learned scores are made: `make train`. Needs the labelled sets and packages that the service does not."""
