import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'storage-in-the-open',
  title: 'Storage open to everybody, or not encrypted',
  owasp: ['API8:2023'],
  asvs: ['V14.1.2'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Data is read without the API.',
  mend: 'close the bucket, and encrypt the storage',
  bad: [
    { 'main.tf': 'resource "aws_s3_bucket" "a" {\n  acl = "public-read"\n}\n' },
    { 'main.tf': 'resource "aws_db_instance" "a" {\n  storage_encrypted = false\n}\n' },
  ],
  good: [
    { 'main.tf': 'resource "aws_s3_bucket" "a" {\n  acl = "private"\n}\n' },
    { 'main.tf': 'resource "aws_db_instance" "a" {\n  storage_encrypted = true\n}\n' },
  ],
  *find({ components }) {
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (kind === 'public-bucket' || kind === 'encryption-off') yield { at: place, message: `${name}: ${detail}` };
  },
});
