// Egnyte's client for JavaScript: egnyte-js-sdk 2.10.1, over plain http. Outside of a browser its only way to a token is the
// password grant, without a secret: by an internal key from before 2015. It keeps to two calls a second by itself.

import assert from 'node:assert/strict';
import Egnyte from 'egnyte-js-sdk';
import { World, end, refusal, step } from './rehearsal.mjs';

const world = await World.at('egnyte');
const internal = { vendor: 'egnyte', flow: 'password', client_secret: '', redirect_uris: [] };
const { client_id: key } = await world.control('POST', '/apps', internal);

let told = 0;

/** The client as an application has it: told when its token is no good. */
function newApi() {
  told = 0;
  return Egnyte.init(world.base, { key, onInvalidToken: () => { told += 1; } }).API;
}

const signIn = (api) => api.auth.requestTokenByPassword(world.app.login, world.app.password);
const shared = (api) => api.storage.path('/Shared').get();

let api;
await step("EGN-056: a token by password, then the user's data, over plain http", async () => {
  api = newApi();
  const token = await signIn(api);
  assert.equal(typeof token, 'string');
  const me = await api.auth.getUserInfo();
  assert.equal(me.username, world.app.login);
  assert.ok((await shared(api)).folders.length > 0);
});

await step('a wrong password gives an error, and no token', async () => {
  const other = newApi();
  const error = await refusal(() => other.auth.requestTokenByPassword(world.app.login, 'wrong'));
  assert.equal(error.statusCode, 400);
  assert.ok(!other.auth.isAuthorized());
});

await step('an expired token is dropped and onInvalidToken fires', async () => {
  told = 0;
  await world.expire(api.auth.getToken());
  const error = await refusal(() => shared(api));
  assert.deepEqual([error.statusCode, told, api.auth.isAuthorized()], [401, 1, false]);
});

for (const [era, status] of [['current', 401], ['classic', 403]]) {
  await step(`EGN-057: ${era}: a revoked token is dropped and onInvalidToken fires`, async () => {
    await world.control('PUT', '/switches/egnyte', { era });
    api = newApi();
    const token = await signIn(api);
    assert.ok((await shared(api)).folders.length > 0);
    await world.revoke(token);
    const error = await refusal(() => shared(api));
    assert.deepEqual([error.statusCode, told, api.auth.isAuthorized()], [status, 1, false]);
  });

  await step(`${era}: a new token, and it works again`, async () => {
    await signIn(api);
    assert.ok((await shared(api)).folders.length > 0);
    assert.equal(told, 1);
  });
}

end();
