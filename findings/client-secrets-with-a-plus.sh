#!/bin/sh
# With a plus in its secret, each of seven OAuth clients is an invalid client to two of five servers, with a hyphen two.
#
# requests-oauthlib 2.0.0 with oauthlib 4.0.1, Authlib 1.9.10, requests-oauth2client 1.8.0, simple-oauth2 5.1.0,
# @badgateway/oauth2-client 3.3.1, openid-client 6.9.0, client-oauth2 4.3.3; as servers oidc-provider 9.13.3,
# @node-oauth/oauth2-server 5.3.0, @jmondi/oauth2-server 4.3.7, Authlib with Flask 3.1.3, django-oauth-toolkit 3.4.1
# with Django 5.2.19; Node 20.
#
# Secrets are made at random, often as Base64 or a UUID, so that many have a plus or hyphens. By RFC 6749, section
# 2.3.1, a client encodes id and secret as a form does, and then makes Basic of them; a server decodes twice. No
# client of Python encodes, all but one of JavaScript do, two of them hyphens, too. Two of the servers decode, two do
# not, and Authlib's decodes all but a plus, so that it rejects what its own client sends of a percent sign. One
# pair that works says nothing of the next: where a Node client logs in, Python with the same secret is rejected,
# as if that were wrong, and with the next server it is the other way round.
#
# Seen: whether the secrets pq, p-q, p+q/r= and p%41 are taken from each client by oidc-provider, @node-oauth's and
# @jmondi's server, Authlib's and django-oauth-toolkit
#   requests-oauthlib:         yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
#   Authlib:                   yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
#   requests-oauth2client:     yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
#   simple-oauth2:             yes yes yes yes, yes yes no no, yes yes no no, yes yes yes yes, yes yes yes yes
#   @badgateway/oauth2-client: yes yes yes yes, yes no no no, yes no no no, yes yes yes yes, yes yes yes yes
#   openid-client:             yes yes yes yes, yes no no no, yes no no no, yes yes yes yes, yes yes yes yes
#   client-oauth2:             yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests-oauthlib==2.0.0 oauthlib==4.0.1 \
    Authlib==1.9.10 requests==2.34.2 requests-oauth2client==1.8.0 flask==3.1.3 django-oauth-toolkit==3.4.1 \
    django==5.2.19
(cd "$folder" && npm install --silent --no-audit --no-fund simple-oauth2@5.1.0 @badgateway/oauth2-client@3.3.1 \
    openid-client@6.9.0 client-oauth2@4.3.3 oidc-provider@9.13.3 @node-oauth/oauth2-server@5.3.0 \
    @jmondi/oauth2-server@4.3.7 >/dev/null)
cat >"$folder/clients.mjs" <<'NODE'
import { ClientSecretBasic, Configuration, allowInsecureRequests, clientCredentialsGrant } from "openid-client";
import { ClientCredentials } from "simple-oauth2";
import { OAuth2Client } from "@badgateway/oauth2-client";
import ClientOAuth2 from "client-oauth2";

const clients = {
  "simple-oauth2"(id, secret, origin) {
    const auth = { tokenHost: origin, tokenPath: "/oauth/token" };
    return new ClientCredentials({ client: { id, secret }, auth }).getToken({});
  },
  "@badgateway/oauth2-client"(clientId, clientSecret, server) {
    const authenticationMethod = "client_secret_basic";
    const settings = { clientId, clientSecret, server, tokenEndpoint: "/oauth/token", authenticationMethod };
    return new OAuth2Client(settings).clientCredentials();
  },
  "openid-client"(id, secret, issuer) {
    const server = { issuer, token_endpoint: `${issuer}/oauth/token` };
    const configuration = new Configuration(server, id, undefined, ClientSecretBasic(secret));
    allowInsecureRequests(configuration);
    return clientCredentialsGrant(configuration);
  },
  "client-oauth2"(clientId, clientSecret, origin) {
    const accessTokenUri = `${origin}/oauth/token`;
    return new ClientOAuth2({ clientId, clientSecret, accessTokenUri }).credentials.getToken();
  },
};
const { secrets, origins } = JSON.parse(process.argv[2]);
const seen = {};
for (const [name, client] of Object.entries(clients)) {
  seen[name] = [];
  for (const origin of origins)
    for (const [id, secret] of Object.entries(secrets))
      seen[name].push(await client(id, secret, origin).then(() => "yes", (error) => `${error}`));
}
console.log(JSON.stringify(seen));
process.exit(0);
NODE
cat >"$folder/servers.mjs" <<'NODE'
import http from "node:http";
import * as jmondi from "@jmondi/oauth2-server";
import NodeOAuth from "@node-oauth/oauth2-server";
import { Provider } from "oidc-provider";

const secrets = JSON.parse(process.argv[2]);
const known = (id, secret) => secrets[id] === secret;

const provider = new Provider("http://127.0.0.1", {
  clients: Object.entries(secrets).map(([client_id, client_secret]) => ({
    client_id, client_secret, grant_types: ["client_credentials"], redirect_uris: [], response_types: [],
  })),
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  routes: { token: "/oauth/token" },
});

const grants = ["client_credentials"];
const nodeServer = new NodeOAuth({
  model: {
    getClient: async (id, secret) => known(id, secret) && { id, grants },
    getUserFromClient: async () => ({}),
    saveToken: async (token, client, user) => ({ ...token, client, user }),
  },
});

const jmondiServer = new jmondi.AuthorizationServer(
  {
    async getByIdentifier(id) {
      return { id, name: id, secret: secrets[id], redirectUris: [], allowedGrants: grants, scopes: [] };
    },
    isClientValid: async (grant, client, secret) => known(client.id, secret),
  },
  {
    async issueToken(client, scopes) {
      return { accessToken: "token", accessTokenExpiresAt: new Date(Date.now() + 3600000), client, scopes };
    },
    persist: async () => {},
  },
  { getAllByIdentifiers: async () => [], finalize: async (scopes) => scopes },
  "key",
);
jmondiServer.enableGrantType("client_credentials");

const answering = (token) => async (request, response) => {
  const parts = await request.toArray();
  const body = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
  const [status, answer] = await token(request.headers, body).then(
    (json) => [200, json],
    () => [401, { error: "invalid_client" }],
  );
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
};
const servers = [
  provider.callback(),
  answering(async (headers, body) => {
    const request = new NodeOAuth.Request({ method: "POST", query: {}, headers, body });
    const token = await nodeServer.token(request, new NodeOAuth.Response({}));
    return { access_token: token.accessToken, token_type: "Bearer" };
  }),
  answering(async (headers, body) => {
    return (await jmondiServer.respondToAccessTokenRequest(new jmondi.OAuthRequest({ headers, body }))).body;
  }),
];
const ports = [];
for (const handler of servers) {
  const server = http.createServer(handler);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  ports.push(server.address().port);
}
console.log(JSON.stringify(ports));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json
import logging
import os
import subprocess
import threading

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
import django
import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from django.conf import settings
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauth2client import ClientSecretBasic, OAuth2Client
from requests_oauthlib import OAuth2Session
from werkzeug.serving import make_server

SECRETS = {"plain": "pq", "hyphen": "p-q", "plus": "p+q/r=", "percent": "p%41"}
logging.disable()


class Known(ClientMixin):
    def __init__(self, name):
        self.name = name

    def check_client_secret(self, secret):
        return secret == SECRETS[self.name]

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_grant_type(self, grant):
        return True

    def get_allowed_scope(self, scope):
        return ""


def with_authlib():
    app = flask.Flask("service")
    server = AuthorizationServer(app, query_client=Known, save_token=lambda token, request: None)
    server.register_grant(ClientCredentialsGrant)
    app.post("/oauth/token")(server.create_token_response)
    return app


def with_django_oauth_toolkit():
    settings.configure(
        SECRET_KEY="key",
        ROOT_URLCONF="urls",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "clients.db"}},
    )
    with open("urls.py", "w") as urls:
        urls.write("from django.urls import path\nfrom oauth2_provider.views import TokenView\n")
        urls.write("urlpatterns = [path('oauth/token', TokenView.as_view())]\n")
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for name, secret in SECRETS.items():
        Application.objects.create(
            client_id=name,
            client_secret=secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        )
    return get_wsgi_application()


def served(app):
    server = make_server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def with_requests_oauthlib(name, secret, url):
    OAuth2Session(client=BackendApplicationClient(name)).fetch_token(url, client_id=name, client_secret=secret)


def with_authlib_requests(name, secret, url):
    AuthlibSession(name, secret).fetch_token(url, grant_type="client_credentials")


def with_requests_oauth2client(name, secret, url):
    OAuth2Client(url, auth=ClientSecretBasic(name, secret), testing=True).client_credentials()


def taken(client, origin, name):
    try:
        client(name, SECRETS[name], f"{origin}/oauth/token")
    except Exception as error:
        return f"{error}"
    return "yes"


CLIENTS = {
    "requests-oauthlib": with_requests_oauthlib,
    "Authlib": with_authlib_requests,
    "requests-oauth2client": with_requests_oauth2client,
}
node = subprocess.Popen(
    ["node", "servers.mjs", json.dumps(SECRETS)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
)
try:
    ports = json.loads(next(line for line in node.stdout if line.startswith("[")))
    ports += [served(with_authlib()), served(with_django_oauth_toolkit())]
    origins = [f"http://127.0.0.1:{port}" for port in ports]
    rows = {}
    for name, client in CLIENTS.items():
        rows[name] = [taken(client, origin, secret) for origin in origins for secret in SECRETS]
    arguments = json.dumps({"secrets": SECRETS, "origins": origins})
    done = subprocess.run(["node", "clients.mjs", arguments], stdout=subprocess.PIPE, text=True, check=True)
    rows.update(json.loads(done.stdout))
finally:
    node.terminate()
for name, row in rows.items():
    words = ["yes" if word == "yes" else "no" for word in row]
    servers = [words[first : first + len(SECRETS)] for first in range(0, len(words), len(SECRETS))]
    print(f"{name}: {', '.join(' '.join(server) for server in servers)}")
PYTHON
cd "$folder"
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
requests-oauthlib: yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
Authlib: yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
requests-oauth2client: yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
simple-oauth2: yes yes yes yes, yes yes no no, yes yes no no, yes yes yes yes, yes yes yes yes
@badgateway/oauth2-client: yes yes yes yes, yes no no no, yes no no no, yes yes yes yes, yes yes yes yes
openid-client: yes yes yes yes, yes no no no, yes no no no, yes yes yes yes, yes yes yes yes
client-oauth2: yes yes no no, yes yes yes yes, yes yes yes yes, yes yes yes no, yes yes no no
EXPECTED
