import { need, threat, way } from '../definition.ts';

export const unencryptedStore = threat({
  id: 'unencrypted-store',
  title: 'Data at rest in the clear',
  subject: 'store',
  stride: ['disclosure'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: -1,
  attack: 'Reads a disk, snapshot or backup.',
  ways: [way('A copy', 'gets hold of a disk, snapshot or backup', ['reads it', 'storage-encryption'])],
  find: ({ element }) => {
    const off = element.component?.settings.find(({ kind }) => kind === 'encryption-off');
    return off === undefined ? undefined : [need('storage-encryption', false, off.detail, '', { place: off.place })];
  },
  bad: [
    {
      name: 'encryption off',
      paths: {},
      files: { 'main.tf': 'resource "aws_db_instance" "a" {\n  storage_encrypted = false\n}\n' },
    },
  ],
  good: [
    {
      name: 'encryption on',
      paths: {},
      files: { 'main.tf': 'resource "aws_db_instance" "a" {\n  storage_encrypted = true\n}\n' },
    },
  ],
});
