// Box's client for Node since its tenth major: box-node-sdk 10.

import assert from 'node:assert/strict';
import { BoxClient, BoxOAuth, OAuthConfig } from 'box-node-sdk';
import { BaseUrls } from 'box-node-sdk/networking/baseUrls';
import { NetworkSession } from 'box-node-sdk/networking/network';
import { World, end, refusal, step } from './rehearsal.mjs';

const world = await World.at('box');
const networkSession = new NetworkSession({
  baseUrls: new BaseUrls({
    baseUrl: world.base,
    uploadUrl: `${world.base}/api`,
    oauth2Url: `${world.base}/api/oauth2`,
  }),
});

/** A client that the user has just consented to. */
async function connect() {
  const config = new OAuthConfig({ clientId: world.app.client_id, clientSecret: world.app.client_secret });
  const auth = new BoxOAuth({ config });
  const given = await world.consent(auth.getAuthorizeUrl({ redirectUri: world.app.redirect_uri, state: 's1' }));
  assert.equal(given.state, 's1');
  await auth.getTokensAuthorizationCodeGrant(given.code, networkSession);
  return { auth, client: new BoxClient({ auth, networkSession }) };
}

let box;
await step('consent, and the first call', async () => {
  box = await connect();
  assert.equal((await box.client.users.getUserMe()).login, world.app.login);
});

await step('BOX-076: after expiry the client refreshes, and the call succeeds', async () => {
  const before = await box.auth.tokenStorage.get();
  await world.expire(before.accessToken);
  assert.equal((await box.client.users.getUserMe()).login, world.app.login);
  assert.notEqual((await box.auth.tokenStorage.get()).accessToken, before.accessToken);
  assert.equal((await world.calls({ operation: 'token', refresh: 'true' })).length, 1);
});

await step('the client revokes its token', async () => {
  const tokens = await box.auth.tokenStorage.get();
  await box.auth.revokeToken(networkSession);
  await box.auth.tokenStorage.store(tokens);
});

await step("the client's own error for a dead token", async () => {
  const error = await refusal(() => box.client.users.getUserMe());
  assert.match(error.message, /"invalid_grant" - "Invalid refresh token"/);
});

await step('a new code, and it works again', async () => {
  box = await connect();
  assert.equal((await box.client.users.getUserMe()).login, world.app.login);
});

end();
