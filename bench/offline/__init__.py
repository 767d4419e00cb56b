"""Tablets that were offline, and new ones: their sync in a real Chromium, beside PouchDB's with the same documents."""
