"""How well the rules do: judged against labelled comments, for `make evaluate` and docs/quality.md."""
