import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'tls-cipher-weak',
  title: 'Broken ciphers accepted',
  owasp: ['API8:2023'],
  asvs: ['V12.1.2'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Traffic under these ciphers can be read or changed.',
  mend: 'accept ciphers with forward secrecy and authenticated encryption only',
  bad: [{ 'nginx.conf': 'server { listen 443 ssl; ssl_ciphers RC4-SHA:DES-CBC3-SHA; server_name a; }' }],
  good: [
    {
      'nginx.conf':
        "server { listen 443 ssl; ssl_ciphers 'ECDHE-ECDSA-AES128-GCM-SHA256:!aNULL:!RC4'; server_name a; }",
    },
  ],
  *find({ components }) {
    for (const { name, ports } of components)
      for (const { tls } of ports) {
        const weak = (tls?.ciphers ?? '')
          .split(/[:,\s]+/)
          .filter(
            (cipher) => !cipher.startsWith('!') && !cipher.startsWith('-') && /RC4|DES|NULL|EXP|MD5|aNULL/.test(cipher),
          );
        if (tls !== undefined && weak.length > 0)
          yield { at: tls.place, message: `${name} accepts ${weak.slice(0, 3).join(', ')}` };
      }
  },
});
