import { pathToFileURL } from 'node:url';
import type { Report, RuleDescription } from '../report.ts';
import { formatGithub } from './github.ts';
import { formatHtml } from './html.ts';
import { formatJson } from './json.ts';
import type { Severity } from '../risk.ts';
import { formatJunit } from './junit.ts';
import { formatMarkdown } from './markdown.ts';
import { formatSarif } from './sarif.ts';
import { formatText } from './text.ts';

export const formats = ['text', 'markdown', 'json', 'sarif', 'junit', 'html', 'github'] as const;
export type Format = (typeof formats)[number];

export interface FormatOptions {
  /** Every rule that ran: what a format may say about rules that found nothing. */
  readonly rules: readonly RuleDescription[];
  /** Of the tool. */
  readonly version: string;
  /** Absolute path that relative places are relative to. */
  readonly folder: string;
  /** What relative places have before them in the workspace of GitHub Actions: `services/shop/`. */
  readonly prefix?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly colours: boolean;
  /** Text and Markdown: every place of each rule. */
  readonly all: boolean;
  /** Text and Markdown: what findings stand under. Default: the rule. */
  readonly by?: 'rule' | 'operation' | undefined;
  /** JUnit: what is milder does not fail. Default: everything fails. */
  readonly failOn?: Severity | 'none' | undefined;
}

/** Reports of one or several documents in a format. */
export function formatReports(format: Format, reports: readonly Report[], options: FormatOptions): string {
  switch (format) {
    case 'text':
      return formatText(reports, options);
    case 'markdown':
      return formatMarkdown(reports, { all: options.all, by: options.by ?? 'rule' });
    case 'json':
      return formatJson(reports);
    case 'sarif':
      return formatSarif(reports, options.rules, options.version, `${pathToFileURL(options.folder).href}/`);
    case 'junit':
      return formatJunit(reports, options.rules, options.failOn ?? 'info');
    case 'html':
      return formatHtml(reports, new Date(options.now).toISOString().slice(0, 10));
    case 'github':
      return formatGithub(reports, options.prefix ?? '');
  }
}
