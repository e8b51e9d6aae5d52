"""The connection doctor: does what an answer needs get through from the server to this very browser?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from conversations.views.pages import SignedInRequest, chat_page

# What each proxy must be told; the address is the default one.
PROXIES = [
    (
        "nginx",
        "location / {\n"
        "    proxy_pass http://127.0.0.1:8000;\n"
        "    proxy_http_version 1.1;\n"
        "    proxy_set_header Host $http_host;\n"
        "    proxy_set_header X-Forwarded-Proto $scheme;\n"
        "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
        "    proxy_set_header Upgrade $http_upgrade;\n"
        '    proxy_set_header Connection "upgrade";\n'
        '    proxy_set_header daphne-root-path "";\n'
        "    proxy_buffering off;\n"
        "    proxy_read_timeout 300s;\n"
        "    client_max_body_size 16m;\n"
        "}\n",
    ),
    (
        "Caddy",
        "chat.example.com {\n"
        "    reverse_proxy 127.0.0.1:8000 {\n"
        "        header_up -daphne-root-path\n"
        "        flush_interval -1\n"
        "    }\n"
        "}\n",
    ),
    (
        "Traefik",
        "http:\n"
        "  routers:\n"
        "    chat:\n"
        '      rule: "Host(`chat.example.com`)"\n'
        "      service: chat\n"
        "      middlewares: [chat-headers]\n"
        "  middlewares:\n"
        "    chat-headers:\n"
        "      headers:\n"
        "        customRequestHeaders:\n"
        '          daphne-root-path: ""\n'
        "  services:\n"
        "    chat:\n"
        "      loadBalancer:\n"
        "        passHostHeader: true\n"
        "        servers:\n"
        '          - url: "http://127.0.0.1:8000"\n'
        "        responseForwarding:\n"
        '          flushInterval: "10ms"\n'
        "# in the static configuration: entryPoints.<name>.transport.respondingTimeouts.idleTimeout: 300s\n",
    ),
    (
        "Apache",
        "# modules: proxy, proxy_http, headers; Apache 2.4.47 or newer\n"
        "ProxyPreserveHost On\n"
        "ProxyTimeout 300\n"
        "RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}\n"
        "RequestHeader unset daphne-root-path\n"
        'ProxyPass        "/" "http://127.0.0.1:8000/" upgrade=websocket flushpackets=on\n'
        'ProxyPassReverse "/" "http://127.0.0.1:8000/"\n',
    ),
]


@login_required
@require_GET
def doctor(request: SignedInRequest) -> HttpResponse:
    return chat_page(request, "conversations/doctor.html", proxies=PROXIES, scheme=request.scheme)
