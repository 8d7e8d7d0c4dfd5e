// Box's client for Node before its tenth major: box-node-sdk 3.8.2.

import assert from 'node:assert/strict';
import http from 'node:http';
import BoxSDK from 'box-node-sdk-3';
import { World, end, refusal, step } from './rehearsal.mjs';

const world = await World.at('box');
const sdk = new BoxSDK({
  clientID: world.app.client_id,
  clientSecret: world.app.client_secret,
  apiRootURL: world.base,
  uploadAPIRootURL: `${world.base}/api`,
  authorizeRootURL: `${world.base}/api`,
  request: { agentClass: http.Agent },
  maxRetries: 1,
});

/** A code that the user has just consented to. */
async function code() {
  const asked = { response_type: 'code', redirect_uri: world.app.redirect_uri, state: 's1' };
  const given = await world.consent(sdk.getAuthorizeURL(asked));
  assert.equal(given.state, 's1');
  return given.code;
}

let tokens;
await step('consent, and the first call', async () => {
  tokens = await sdk.getTokensAuthorizationCodeGrant(await code());
  const me = await sdk.getBasicClient(tokens.accessToken).users.get('me');
  assert.equal(me.login, world.app.login);
});

await step('BOX-074: an expired token gives the Expired Auth error with authExpired set', async () => {
  await world.expire(tokens.accessToken);
  const error = await refusal(() => sdk.getBasicClient(tokens.accessToken).users.get('me'));
  assert.match(error.message, /^Expired Auth: Auth code or refresh token has expired \[401 Unauthorized/);
  assert.deepEqual([error.statusCode, error.authExpired], [401, true]);
});

await step('BOX-077: the persistent client refreshes 180 seconds before expires_in ends', async () => {
  tokens = await sdk.getTokensRefreshGrant(tokens.refreshToken);
  let stored;
  const store = {
    read: (done) => done(null, stored),
    write: (info, done) => { stored = info; done(); },
    clear: (done) => { stored = undefined; done(); },
  };
  const refreshes = async () => (await world.calls({ operation: 'token', refresh: 'true' })).length;
  const before = await refreshes();
  const early = { ...tokens, acquiredAtMS: Date.now() - tokens.accessTokenTTLMS + 200_000 };
  await sdk.getPersistentClient(early, store).users.get('me');
  assert.equal(await refreshes(), before, 'with 200 seconds left it does not refresh');
  const late = { ...tokens, acquiredAtMS: Date.now() - tokens.accessTokenTTLMS + 170_000 };
  const me = await sdk.getPersistentClient(late, store).users.get('me');
  assert.equal(me.login, world.app.login);
  assert.equal(await refreshes(), before + 1, 'with 170 seconds left it refreshes');
  tokens = stored;
});

await step('the client revokes its token', async () => {
  await sdk.revokeTokens(tokens.refreshToken);
  const error = await refusal(() => sdk.getTokensRefreshGrant(tokens.refreshToken));
  assert.match(error.message, /invalid_grant - Invalid refresh token|Refresh token has expired/);
  assert.equal(error.authExpired, true);
});

await step("BOX-075: a bad code gives the Auth Error with Box's words", async () => {
  const error = await refusal(() => sdk.getTokensAuthorizationCodeGrant('x'.repeat(32)));
  assert.match(error.message, /^Auth Error: Auth code doesn't exist or is invalid for the client \[400 Bad Request/);
});

await step('a new code, and it works again', async () => {
  tokens = await sdk.getTokensAuthorizationCodeGrant(await code());
  assert.equal((await sdk.getBasicClient(tokens.accessToken).users.get('me')).login, world.app.login);
});

end();
