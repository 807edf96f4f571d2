"""Engines that read text from page images."""
