"""The installation on a server: units, images and the proxy, and the checks of these files."""
