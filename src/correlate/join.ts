/** Names of reasons, as reports have them. */
export type Join =
  | 'answer-address'
  | 'same-client'
  | 'attempt'
  | 'sni'
  | 'host'
  | 'next-hop-mac'
  | 'resolver-mac'
  | 'same-connection'
  | 'redirect'
  | 'referer'
  | 'push';
