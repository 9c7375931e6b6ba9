import { contractRule, graded } from '../rule.ts';
import { follow, isRaw } from '../constraint.ts';
import { nodeOf } from '../bodies.ts';

export const rule = contractRule({
  id: 'upload-any-type',
  title: 'Files of any type',
  owasp: ['API4:2023', 'API8:2023'],
  asvs: ['V5.1.1', 'V5.2.2'],
  severity: graded('low'),
  confidence: 'medium',
  why: "A service that takes any file also takes scripts, archives that unfold to gigabytes, and pages that run in its users' browsers when shown.",
  mend: 'name the media types that are accepted: in multipart, encoding: { file: { contentType: "image/png, image/jpeg" } }',
  docs: 'For multipart parts that are binary and have no contentType. Stores for any file (`application/octet-stream`) say what they are and are left alone.',
  bad: [
    `paths: { /avatar: { post: { requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { file: { type: string, format: binary } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /avatar: { post: { requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { file: { type: string, format: binary } } }, encoding: { file: { contentType: image/png } } } } }, responses: {} } } }`,
  ],
  *find({ contract, operations }) {
    for (const operation of operations)
      for (const media of operation.body?.content ?? []) {
        if (!media.type.startsWith('multipart/')) continue;
        const node = nodeOf(media);
        const properties = node === undefined ? undefined : follow(contract, node)?.raw['properties'];
        if (!isRaw(properties)) continue;
        const open = Object.entries(properties).filter(
          ([name, one]) =>
            isRaw(one) &&
            one['format'] === 'binary' &&
            one['contentMediaType'] === undefined &&
            media.encoding.get(name)?.contentType === undefined,
        );
        if (open.length > 0)
          yield {
            at: media.location,
            message: `${open.map(([name]) => name).join(', ')} may be a file of any type (${operation.method} ${operation.path})`,
            operations: [operation],
          };
      }
  },
});
