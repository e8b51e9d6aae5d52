"""Django's admin for our rows, and its usage pages.

Pages here show numbers, never what people wrote: neither content nor titles nor the text of errors, which may
quote a prompt.
"""
