"""How fast the page answers over an archive of real size, and the made documents that fill such an archive."""
