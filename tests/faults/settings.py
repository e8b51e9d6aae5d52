"""The product's settings, with an application that makes its periods short and listens for faults."""

from chatsite.settings import *  # noqa: F403
from chatsite.settings import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = [*PRODUCT, "tests.faults.quick.Quick"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
