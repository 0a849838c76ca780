"""Stage six: what people read. Reads the published warehouse alone and writes ``var/bulletins``."""
