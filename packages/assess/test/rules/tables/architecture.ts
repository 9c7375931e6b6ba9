import type { Verdicts } from '../verdict.ts';

/** What the rules over what stands around the API say. */
export const verdicts: Verdicts = {
  'plain-text-exposed': [
    [
      {
        says: 'a answers plain HTTP on port 80 to anyone',
        at: 'nginx.conf:1',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: [],
        mend: 'listen with TLS, and answer plain requests with a redirect only',
      },
    ],
    [
      {
        says: 'castellan answers plain HTTP on port 8080 to anyone',
        at: 'castellan.yaml:2',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: [],
        mend: 'listen with TLS, and answer plain requests with a redirect only',
      },
    ],
  ],
  'tls-version-weak': [
    [
      {
        says: 'a accepts TLSv1',
        at: 'nginx.conf:1',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'accept TLSv1.2 and TLSv1.3 only',
      },
    ],
  ],
  'tls-cipher-weak': [
    [
      {
        says: 'a accepts RC4-SHA, DES-CBC3-SHA',
        at: 'nginx.conf:1',
        severity: 'info low medium high',
        confidence: 'high',
        operations: [],
        mend: 'accept ciphers with forward secrecy and authenticated encryption only',
      },
    ],
  ],
  'management-port-public': [
    [
      {
        says: 'management port 9229 of api can be reached by anyone',
        at: 'compose.yaml:1',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'publish it on 127.0.0.1 only, or not at all',
      },
    ],
    [
      {
        says: 'management port 9901 of envoy.yaml can be reached by anyone',
        at: 'envoy.yaml:1',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'publish it on 127.0.0.1 only, or not at all',
      },
    ],
  ],
  'store-port-public': [
    [
      {
        says: 'port 5432 of db can be reached by anyone',
        at: 'compose.yaml:1',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'publish no port, or only on 127.0.0.1',
      },
    ],
  ],
  'credential-well-known': [
    [
      {
        says: 'POSTGRES_PASSWORD of db is a well-known value',
        at: 'compose.yaml:1',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: [],
        mend: 'take a random one from a secret store',
      },
    ],
  ],
  'secret-in-deployment': [
    [
      {
        says: 'JWT_SECRET of api is written in the file',
        at: 'compose.yaml:1',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: [],
        mend: 'take it from a secret store, and rotate the one that was written',
      },
    ],
  ],
  'debug-setting': [
    [
      {
        says: 'api runs with NODE_ENV=development',
        at: 'compose.yaml:1',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: [],
        mend: 'switch it off',
      },
    ],
  ],
  'store-shared': [
    [
      {
        says: 'production and staging use the same db (shop)',
        at: 'compose.yaml:3',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'give each environment a store of its own',
      },
    ],
  ],
  'service-around-gateway': [
    [
      {
        says: 'port 3000 of api is open beside gateway',
        at: 'compose.yaml:3',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'publish no port of the service',
      },
    ],
  ],
  'audit-sink-missing': [
    [
      {
        says: 'no audit sink is configured',
        at: 'castellan.yaml:1',
        severity: 'info low medium high',
        confidence: 'high',
        operations: [],
        mend: 'write audit: { dir: .castellan/audit }, or an otlp collector, into castellan.yaml',
      },
    ],
  ],
  'access-log-off': [
    [
      {
        says: 'a: access_log off',
        at: 'nginx.conf:1',
        severity: 'info info low medium',
        confidence: 'high',
        operations: [],
        mend: 'switch the log on',
      },
    ],
  ],
  'container-privileges': [
    [
      {
        says: 'api: privileged: true',
        at: 'compose.yaml:1',
        severity: 'high',
        confidence: 'high',
        operations: [],
        mend: 'drop it',
      },
    ],
    [
      {
        says: 'api: /var/run/docker.sock',
        at: 'compose.yaml:1',
        severity: 'high',
        confidence: 'high',
        operations: [],
        mend: 'drop it',
      },
    ],
  ],
  'store-traffic-plain': [
    [
      {
        says: 'the connection to db is not encrypted',
        at: 'compose.yaml:1',
        severity: 'info info low medium',
        confidence: 'high',
        operations: [],
        mend: 'switch TLS on for the connection: sslmode=verify-full, rediss://',
      },
    ],
  ],
  'certificate-unverified': [
    [
      {
        says: 'api: NODE_TLS_REJECT_UNAUTHORIZED=0',
        at: 'compose.yaml:1',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'verify, and give the authority of the certificate where it is your own',
      },
    ],
  ],
  'authentication-switched-off': [
    [
      {
        says: 'db: POSTGRES_HOST_AUTH_METHOD=trust',
        at: 'compose.yaml:1',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: [],
        mend: 'switch it on',
      },
    ],
  ],
  'firewall-open': [
    [
      {
        says: 'a: ports 0-65535 from anywhere',
        at: 'main.tf:5',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'open only the port of the entry, and to the world only 443',
      },
    ],
  ],
  'storage-in-the-open': [
    [
      {
        says: 'a: acl = public-read',
        at: 'main.tf:2',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'close the bucket, and encrypt the storage',
      },
    ],
    [
      {
        says: 'a: storage_encrypted = false',
        at: 'main.tf:2',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'close the bucket, and encrypt the storage',
      },
    ],
  ],
  'forwarded-field-believed': [
    [
      {
        says: 'a: set_real_ip_from 0.0.0.0/0',
        at: 'nginx.conf:1',
        severity: 'info low medium high',
        confidence: 'high',
        operations: [],
        mend: 'believe forwarding fields from your own proxies only',
      },
    ],
  ],
  'issuer-not-for-production': [
    [
      {
        says: 'a is in production and believes http://localhost:9000',
        at: 'castellan.yaml:1',
        severity: 'medium high critical critical',
        confidence: 'medium',
        operations: [],
        mend: 'name the issuer of production, by https',
      },
    ],
  ],
  'guard-not-enforcing': [
    [
      {
        says: 'a is in production with mode observe',
        at: 'castellan.yaml:1',
        severity: 'info low medium high',
        confidence: 'high',
        operations: [],
        mend: 'write mode: enforce once the log shows no refusals of good clients',
      },
    ],
  ],
  'third-party-without-contract': [
    [
      {
        says: 'nothing says what pay may answer',
        at: 'castellan.yaml:2',
        severity: 'info low medium high',
        confidence: 'high',
        operations: [],
        mend: 'name its OpenAPI document: contract:',
      },
    ],
  ],
};
