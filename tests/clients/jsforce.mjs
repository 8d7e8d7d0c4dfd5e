// The client for Salesforce that most Node programs use: jsforce. It takes every call through the proxy, and so meets
// Salesforce at its own hosts.

import assert from 'node:assert/strict';
import jsforce from 'jsforce';
import { World, end, refusal, step } from './rehearsal.mjs';

const world = await World.at('salesforce');
const newOAuth2 = () => new jsforce.OAuth2({
  loginUrl: 'https://login.salesforce.com',
  clientId: world.app.client_id,
  clientSecret: world.app.client_secret,
  redirectUri: world.app.redirect_uri,
  useVerifier: true,
});

/** A connection that the user has just consented to. */
async function connect() {
  const oauth2 = newOAuth2();
  const given = await world.consent(oauth2.getAuthorizationUrl({ scope: 'api refresh_token', state: 's1' }));
  assert.equal(given.state, 's1');
  const connection = new jsforce.Connection({ oauth2, version: '60.0' });
  const refreshed = [];
  connection.on('refresh', (token) => refreshed.push(token));
  const user = await connection.authorize(given.code);
  assert.match(user.id, /^005/);
  assert.match(user.organizationId, /^00D/);
  return { connection, refreshed };
}

let org;
await step('consent by code with a verifier, and the first query', async () => {
  org = await connect();
  const { totalSize } = await org.connection.query('SELECT Id, Name FROM Account');
  assert.ok(totalSize > 0);
});

await step('a describe, and a find with conditions', async () => {
  const accounts = org.connection.sobject('Account');
  const { fields } = await accounts.describe();
  assert.ok(fields.some(({ name, type }) => name === 'Id' && type === 'id'));
  const found = await accounts.find({ Name: { $like: 'Example%' } }, 'Id, Name').sort('-Name').limit(5);
  assert.deepEqual(found.map(({ Name }) => Name), ['Example Mills']);
});

await step('SFDC-078: after a forced expiry the client refreshes, once, and the query succeeds', async () => {
  const before = org.connection.accessToken;
  await world.expire(before);
  assert.ok((await org.connection.query('SELECT Id FROM Account')).totalSize > 0);
  assert.equal(org.refreshed.length, 1, 'one refresh event');
  assert.notEqual(org.connection.accessToken, before);
  assert.equal((await world.calls({ operation: 'token', refresh: 'true' })).length, 1);
});

await step('who the user is, and what the org has left', async () => {
  const identity = await org.connection.identity();
  assert.equal(identity.username, world.app.login);
  assert.ok(org.connection.limitInfo.apiUsage.used > 0);
});

await step('a record is made, read, changed and deleted', async () => {
  const accounts = org.connection.sobject('Account');
  const made = await accounts.create({ Name: 'From jsforce' });
  assert.equal(made.success, true);
  assert.equal((await accounts.retrieve(made.id)).Name, 'From jsforce');
  await accounts.update({ Id: made.id, Name: 'Changed' });
  assert.equal((await accounts.retrieve(made.id)).Name, 'Changed');
  await accounts.destroy(made.id);
  assert.equal((await refusal(() => accounts.retrieve(made.id))).errorCode, 'NOT_FOUND');
});

await step('the client revokes the whole connection', async () => {
  const { accessToken, refreshToken, instanceUrl } = org.connection;
  await org.connection.logout(true);
  Object.assign(org, { accessToken, refreshToken, instanceUrl });
});

await step("SFDC-079: a bad refresh token gives the client's error with the vendor's words", async () => {
  const dead = new jsforce.Connection({
    oauth2: newOAuth2(),
    instanceUrl: org.instanceUrl,
    accessToken: org.accessToken,
    refreshToken: org.refreshToken,
  });
  const error = await refusal(() => dead.query('SELECT Id FROM Account'));
  assert.equal(error.message, 'Unable to refresh session due to: expired access/refresh token');
});

await step('without a refresh token a dead session is told as such', async () => {
  const dead = new jsforce.Connection({ instanceUrl: org.instanceUrl, accessToken: org.accessToken });
  const error = await refusal(() => dead.query('SELECT Id FROM Account'));
  assert.deepEqual([error.errorCode, error.message], ['INVALID_SESSION_ID', 'Session expired or invalid']);
});

await step('SFDC-080: revoking a bad token gives an error called invalid_token', async () => {
  const error = await refusal(() => newOAuth2().revokeToken('dead'));
  assert.equal(error.name, 'invalid_token');
});

await step('a new code, and it works again', async () => {
  org = await connect();
  assert.ok((await org.connection.query('SELECT Id FROM Account')).totalSize > 0);
});

end();
