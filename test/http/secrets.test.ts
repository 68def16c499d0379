import { expect, test } from 'vitest';
import { isSecret } from '../../src/dissect/http/header-names.ts';

test.each([
  // RFC 9110 §11.6, §11.7; RFC 6265; RFC 7615
  'Authorization Proxy-Authorization Authentication-Info Cookie Set-Cookie',
  // As services name theirs: AWS, Google, GitLab, Vault, Azure, Django, Shopify, GitHub's webhooks
  'X-Amz-Security-Token X-Goog-Api-Key Private-Token X-Vault-Token Ocp-Apim-Access-Key X-CSRFToken X-Shopify-Access-Token X-Hub-Signature-256',
  'X-Session-Id X_AUTH_TOKEN X-Api-Key apikey api-key X-Client-Secret X-Password',
])('credentials: %s', (names) => {
  expect(names.split(' ').filter((name) => !isSecret(name))).toEqual([]);
});

test.each([
  'Host User-Agent Accept Content-Type ETag If-None-Match Sec-WebSocket-Key Sec-WebSocket-Accept Idempotency-Key Surrogate-Key Public-Key-Pins',
  'WWW-Authenticate Proxy-Authenticate Access-Control-Allow-Credentials Tokenizer Secretary X-Request-Id',
])('what people look for stays readable: %s', (names) => {
  const hidden = names.split(' ').filter((name) => isSecret(name));
  expect(hidden).toEqual([]);
});
