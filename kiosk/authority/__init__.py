"""The office's own certificate authority, so that its counters can open the pages by HTTPS."""
