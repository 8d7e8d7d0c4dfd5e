// Adobe Sign's own client of the REST v5 time: adobe-sign-sdk 1.1.0.

import assert from 'node:assert/strict';
import sdk from 'adobe-sign-sdk';
import { World, end, refusal, step } from './rehearsal.mjs';

const world = await World.at('adobe-sign');

/** The client's requests have setters for each member. */
function filled(request, members) {
  for (const [name, value] of Object.entries(members)) {
    request[`set${name[0].toUpperCase()}${name.slice(1)}`](value);
  }
  return request;
}

const { OAuthModel } = sdk;
const app = { clientId: world.app.client_id, clientSecret: world.app.client_secret };
const scope = (target) => filled(new OAuthModel.Scope(), { target, modifier: 'self' });

function newContext(accessPoint) {
  const context = new sdk.Context();
  context.setEnvHostName(`${world.base}/`);
  if (accessPoint) {
    context.setBaseUri(accessPoint);
  }
  return context;
}

/** Tokens that the user has just consented to, and the context of the shard that the callback named. */
async function connect() {
  const request = filled(new OAuthModel.AuthorizationRequest(), {
    clientId: app.clientId,
    redirectUri: world.app.redirect_uri,
    scopes: [scope('user_login'), scope('user_read'), scope('library_read'), scope('agreement_read')],
    responseType: 'code',
  });
  const given = await world.consent(await new sdk.OAuthApi(newContext()).getAuthorizationUrl(request));
  const context = newContext(given.api_access_point);
  const asked = filled(new OAuthModel.AccessTokenRequest(), {
    ...app,
    code: given.code,
    redirectUri: world.app.redirect_uri,
    grantType: 'authorization_code',
  });
  const tokens = await new sdk.OAuthApi(context).getAccessToken(asked);
  return { context, accessToken: tokens.getAccessToken(), refreshToken: tokens.getRefreshToken() };
}

const users = ({ accessToken }) => new sdk.UsersApi(newContext()).getUsers({ accessToken });

let account;
await step('consent, and the first call by way of base_uris', async () => {
  account = await connect();
  const { userInfoList } = await users(account);
  assert.equal(userInfoList[0].email, world.app.login);
});

await step('after a forced expiry the call is refused, and a refresh gives a token that works', async () => {
  await world.expire(account.accessToken);
  const error = await refusal(() => users(account));
  assert.deepEqual([error.httpCode, error.apiCode], [401, 'INVALID_ACCESS_TOKEN']);
  const asked = filled(new OAuthModel.AccessTokenRefreshRequest(), {
    ...app,
    refreshToken: account.refreshToken,
    grantType: 'refresh_token',
  });
  const answer = await new sdk.OAuthApi(account.context).refreshAccessToken(asked);
  account.accessToken = answer.getAccessToken();
  assert.ok((await users(account)).userInfoList.length > 0);
});

await step('the client revokes its token', async () => {
  const token = filled(new OAuthModel.Token(), { token: account.refreshToken });
  await new sdk.OAuthApi(account.context).revokeToken(token);
});

await step("the client's own error for a dead token", async () => {
  const error = await refusal(() => users(account));
  assert.deepEqual([error.name, error.httpCode, error.apiCode], ['ApiError', 401, 'INVALID_ACCESS_TOKEN']);
});

await step('a new code, and it works again', async () => {
  account = await connect();
  const { libraryDocumentList } = await new sdk.LibraryDocumentsApi(newContext()).getLibraryDocuments(account);
  assert.ok(Array.isArray(libraryDocumentList));
});

end();
