#!/bin/sh
# The cURL commands of the published articles on authenticating, revoking and reauthenticating, as they stand there:
# nothing is changed but ids, tokens and secrets. They go to the vendors' own hosts, and the stand-ins answer:
#
#     rehearsal exec -- sh tests/clients/seed_curls.sh
set -eu

: "${REHEARSAL_CONTROL_URL:?start this with: rehearsal exec -- sh $0}"

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
done=0

# The commands below are whole; what they answer is looked at here.
curl() {
    status=$(command curl -sS -o "$answer" -w '%{http_code}' "$@")
}

# expect STATUS WHAT [TEXT]: the last command was answered so, with this text in the body.
expect() {
    if [ "$status" != "$1" ] || { [ -n "${3-}" ] && ! grep -qF -e "$3" "$answer"; }; then
        printf 'FAILED: %s: expected %s%s, got %s:\n' "$2" "$1" "${3:+ with $3}" "$status" >&2
        cat "$answer" >&2
        exit 1
    fi
    done=$((done + 1))
    printf 'ok: %s\n' "$2"
}

# The value of a text member, wherever it stands.
member() {
    grep -o "\"$1\": *\"[^\"]*\"" "$answer" | head -n 1 | sed 's/^"[^"]*": *"//; s/"$//'
}

# What a person does in a browser, or what happened before the article begins.
consent() {
    curl "$REHEARSAL_CONTROL_URL/v1/codes" -d "{\"vendor\":\"$1\"}"
    expect 200 "a user consents at $1"
    MY_CODE=$(member code)
}
connect() {
    curl "$REHEARSAL_CONTROL_URL/v1/tokens" -d "{\"vendor\":\"$1\"}"
    expect 200 "$1 has given a token"
    MY_TOKEN=$(member access_token)
}
# revoked VENDOR: the stand-in knows that the token is dead, and why.
revoked() {
    curl "$REHEARSAL_CONTROL_URL/v1/inspect" -d "{\"vendor\":\"$1\",\"token\":\"$MY_TOKEN\"}"
    expect 200 "the token of $1 is dead" '"alive":false'
}

USER=$REHEARSAL_USER_SECRET
ORGANIZATION=$REHEARSAL_ORGANIZATION_SECRET

echo '# Revoking an OAuth token and reauthenticating a connector instance'

connect box
MY_CLIENT_ID=$REHEARSAL_BOX_CLIENT_ID
MY_CLIENT_SECRET=$REHEARSAL_BOX_CLIENT_SECRET
curl -X POST \
https://api.box.com/oauth2/revoke \
-H 'Cache-Control: no-cache' \
-H 'Content-Type: application/x-www-form-urlencoded' \
-d "client_id=$MY_CLIENT_ID&client_secret=$MY_CLIENT_SECRET&token=$MY_TOKEN"
expect 200 'Box revokes'
revoked box

connect salesforce
curl -X POST \
"https://na54.salesforce.com/services/oauth2/revoke?token=$MY_TOKEN" \
-H 'Cache-Control: no-cache' \
-H 'Content-Type: application/json'
expect 200 'Salesforce revokes'
revoked salesforce

connect adobe-sign
curl -X POST \
"https://secure.na1.echosign.com/oauth/revoke?token=$MY_TOKEN" \
-H 'Cache-Control: no-cache' \
-H 'Content-Type: application/x-www-form-urlencoded'
expect 200 'Adobe Sign revokes'
revoked adobe-sign

echo '# The same article, step by step with Adobe Sign'

consent adobe-sign
curl -X POST \
https://api.openconnectors.us2.ext.hana.ondemand.com/elements/api-v2/instances \
-H "authorization: User $USER, Organization $ORGANIZATION" \
-H 'content-type: application/json' \
-d '{
  "element":{
    "key":"adobe-esign"
  },
  "providerData":{
    "code":"'"$MY_CODE"'"
  },
  "configuration":{
    "oauth.api.key": "'"$REHEARSAL_ADOBE_SIGN_CLIENT_ID"'",
    "oauth.api.secret":"'"$REHEARSAL_ADOBE_SIGN_CLIENT_SECRET"'",
    "oauth.callback.url":"'"$REHEARSAL_ADOBE_SIGN_REDIRECT_URI"'"
  },
  "tags":[
    "Tag Name 1",
    "Tag Name 2"
  ],
  "name":"Instance Name",
  "retrieveObjectsAfterInstantiation": true
}'
expect 200 'an instance is authenticated' '"objects":['
ELEMENT=$(member token)

AUTHORIZATION="User $USER, Organization $ORGANIZATION, Element $ELEMENT"
curl https://api.cloud-elements.com/elements/api-v2/instances -H "Authorization: $AUTHORIZATION"
expect 200 'GET /instances shows the token' '"oauth.user.token":'
MY_TOKEN=$(member oauth.user.token)

curl -X POST "https://secure.na1.echosign.com/oauth/revoke?token=$MY_TOKEN" \
-H 'Content-Type: application/x-www-form-urlencoded'
expect 200 'the token of the instance is revoked'

curl https://api.cloud-elements.com/elements/api-v2/agreements -H "Authorization: $AUTHORIZATION"
expect 401 'a call through the instance is refused' 'code - INVALID_ACCESS_TOKEN, message - Access token provided is invalid or has expired'

curl "http://api.cloud-elements.com/elements/api-v2/elements/adobe-esign/oauth/url?apiKey=$REHEARSAL_ADOBE_SIGN_CLIENT_ID&apiSecret=$REHEARSAL_ADOBE_SIGN_CLIENT_SECRET&callbackUrl=https://auth.cloudelements.io/oauth" \
-H 'Content-Type: application/json' \
-H "Authorization: User $USER, Organization $ORGANIZATION"
expect 200 'the address where the user consents, over plain http' '"oauthUrl":'

consent adobe-sign
curl -X PATCH https://api.cloud-elements.com/elements/api-v2/instances \
-H "Authorization: $AUTHORIZATION" \
-H 'Content-Type: application/json' \
-d '{ "providerData": { "code": "'"$MY_CODE"'" } }'
expect 200 'PATCH /instances takes the new code'

curl https://api.cloud-elements.com/elements/api-v2/agreements -H "Authorization: $AUTHORIZATION"
expect 200 'calls succeed again'

echo '# BigCommerce: authenticate a connector'

# The published page has lost two quotation marks, a line and an end to its scan.
curl -X POST \
    https://api.openconnectors.us2.ext.hana.ondemand.com/elements/api-v2/instances \
    -H "authorization: User $USER, Organization $ORGANIZATION" \
    -H 'content-type: application/json' \
    -d '{
        "element": {
            "key": "bigcommerce"
        },
        "configuration": {
            "username": "'"$REHEARSAL_BIGCOMMERCE_LOGIN"'",
            "password": "'"$REHEARSAL_BIGCOMMERCE_PASSWORD"'",
            "store.url": "https://store-'"$REHEARSAL_BIGCOMMERCE_REALM"'.mybigcommerce.com/api/v2"
        },
        "tags": [
            "Docs"
        ],
        "name": "API Instance"
        }'
expect 200 'an instance of BigCommerce is authenticated' '"name":"API Instance"'

echo '# Egnyte: authenticate a connector instance'

# The published page has lost its addresses; the text around them names the paths.
curl -X GET \
  "https://api.openconnectors.us2.ext.hana.ondemand.com/elements/api-v2/elements/egnyte/oauth/url?apiKey=$REHEARSAL_EGNYTE_CLIENT_ID&apiSecret=$REHEARSAL_EGNYTE_CLIENT_SECRET&callbackUrl=$REHEARSAL_EGNYTE_REDIRECT_URI&subdomain=$REHEARSAL_EGNYTE_REALM" \
  -H "authorization: User $USER, Organization $ORGANIZATION"
expect 200 'the address where the user of Egnyte consents' '"element":"egnyte"'

consent egnyte
curl -X POST \
  https://api.openconnectors.us2.ext.hana.ondemand.com/elements/api-v2/instances \
  -H "authorization: User $USER, Organization $ORGANIZATION" \
  -H 'content-type: application/json' \
  -d '{
  "element": {
    "key": "egnyte"
  },
  "providerData": {
    "code": "'"$MY_CODE"'"
  },
  "configuration": {
    "oauth.callback.url": "'"$REHEARSAL_EGNYTE_REDIRECT_URI"'",
    "oauth.api.key": "'"$REHEARSAL_EGNYTE_CLIENT_ID"'",
    "oauth.api.secret": "'"$REHEARSAL_EGNYTE_CLIENT_SECRET"'",
    "subdomain": "'"$REHEARSAL_EGNYTE_REALM"'"
  },
  "tags": [
    "Docs"
  ],
  "name": "API Instance"
}'
expect 200 'an instance of Egnyte is authenticated' '"name":"API Instance"'

printf '%s answers were as expected\n' "$done"
