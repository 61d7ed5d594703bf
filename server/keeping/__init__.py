"""Keeping the data: backups that hold database and files of one moment, and restoring them."""
