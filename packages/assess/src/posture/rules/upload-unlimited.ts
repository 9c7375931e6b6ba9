import { contractRule, graded } from '../rule.ts';
import { updating } from '../patch.ts';
import type { Operation } from '@castellan/contract';
import { nodeOf } from '../bodies.ts';
import { follow, isRaw } from '../constraint.ts';

export const rule = contractRule({
  id: 'upload-unlimited',
  title: 'Uploads of any size',
  owasp: ['API4:2023'],
  asvs: ['V5.1.1', 'V5.2.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Files of any size fill memory and disk; a few callers stop the service for all.',
  mend: 'say the largest body: x-castellan: { maxBody: 10MB }',
  docs: 'For bodies of bytes (octet-stream, images, audio, video, pdf, zip) and multipart forms with a binary part. Silent with `x-castellan.maxBody` or maxLength on the bytes.',
  bad: [
    `paths: { /avatar: { put: { requestBody: { content: { image/png: { schema: { type: string, format: binary } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /avatar: { put: { x-castellan: { maxBody: 2MB }, requestBody: { content: { image/png: { schema: { type: string, format: binary } } } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations) {
      if (operation.castellan.maxBody !== undefined) continue;
      const media = operation.body?.content.find(
        (one) => isBytes(one.type) || (one.type.startsWith('multipart/') && hasFile(operation)),
      );
      if (media === undefined) continue;
      const node = nodeOf(media);
      if (node !== undefined && typeof follow(contract, node)?.raw['maxLength'] === 'number') continue;
      yield {
        at: media.location,
        message: `${operation.method} ${operation.path} takes a file of any size`,
        operations: [operation],
        mend: updating(
          contract,
          'bound the body; the size is a proposal',
          [{ at: operation.location, update: { 'x-castellan': { maxBody: '10MB' } } }],
          false,
        ),
      };
    }

    function hasFile(operation: Operation): boolean {
      return (
        operation.body?.content.some((media) => {
          const node = nodeOf(media);
          const properties = node === undefined ? undefined : follow(contract, node)?.raw['properties'];
          return (
            isRaw(properties) &&
            Object.values(properties).some(
              (one) =>
                isRaw(one) &&
                (one['format'] === 'binary' ||
                  one['contentMediaType'] !== undefined ||
                  (isRaw(one['items']) && one['items']['format'] === 'binary')),
            )
          );
        }) === true
      );
    }
  },
});

function isBytes(type: string): boolean {
  return /^(?:application\/(?:octet-stream|pdf|zip|gzip|x-tar|x-zip-compressed|vnd\.openxmlformats)|image\/|audio\/|video\/)/.test(
    type,
  );
}
