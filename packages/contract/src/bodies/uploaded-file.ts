/** A file in a multipart body. */
export class UploadedFile {
  /** Without any path; undefined where the client named none. Not to be used as a path all the same. */
  readonly filename: string | undefined;
  /** Lower-cased, without parameters. What the bytes begin with agrees with it, where that can be told. */
  readonly contentType: string;
  readonly bytes: Uint8Array;

  constructor(filename: string | undefined, contentType: string, bytes: Uint8Array) {
    this.filename = filename;
    this.contentType = contentType;
    this.bytes = bytes;
  }
}
