"""The two faces: command line and web page."""
