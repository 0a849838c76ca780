"""Backups of a home: what cannot be computed again, copied whole and consistent into a folder, and put back.

``contents`` says what is kept, ``manifest`` what a backup says of itself, ``make`` makes one, ``restore`` puts one back.
"""
