"""The table of settings, by what they are about; `gateway/config.py` puts it together."""
