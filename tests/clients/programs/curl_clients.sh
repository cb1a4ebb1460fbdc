#!/bin/sh
# curl as people write it: curl_clients.sh NAME runs one against the URL.
url="$CONTEXT_SERVICES_URL/services/start"
json='Content-Type: application/json'
case "$1" in
  right)
    curl --silent --show-error --max-time 20 --retry 5 -H "$json" -d '{"contact_key": "a"}' "$url" ;;
  # Two starts on one connection: libcurl sends the second again where its answer is lost.
  reused)
    curl --silent --show-error -H "$json" -d '{"contact_key": "a"}' "$url" \
      --next --silent --show-error -H "$json" -d '{"contact_key": "b"}' "$url" ;;
  wget)
    wget --quiet --tries=3 --waitretry=1 --output-document=- --header "$json" \
      --post-data '{"contact_key": "a"}' "$url" ;;
esac
