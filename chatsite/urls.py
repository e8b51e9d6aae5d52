"""Every address: ours, allauth's and the admin's."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("conversations.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]
