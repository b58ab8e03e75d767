"""One module per outside neighbour."""
