"""The voice: a prompt → words an engine reads right → a clip (recorded or rendered) → the one loudspeaker."""
