"""Pages for the citizens' phones: so far only "keep this slip"."""
