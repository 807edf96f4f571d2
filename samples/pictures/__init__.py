"""Pictures of the pages, for the manual and the README: a made company's day, photographed in Chromium."""
