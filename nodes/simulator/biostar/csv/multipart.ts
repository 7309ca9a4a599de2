/** A file of a `multipart/form-data` body. */
export interface UploadedFile {
  /** Without folders. */
  name: string;
  content: Buffer;
}

/** The part `file`; null where there is none. */
export function readUpload(body: Buffer, contentType: string): UploadedFile | null {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined || !/^multipart\/form-data\b/i.test(contentType)) return null;
  const parts = body.toString('latin1').split(`--${mark}`).slice(1, -1);
  for (const part of parts) {
    const [head = '', ...rest] = part.split('\r\n\r\n');
    const name = /filename="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined || !/\bname="file"/i.test(head)) continue;
    const plain = Buffer.from(name, 'latin1').toString('utf8').split(/[\\/]/).at(-1) ?? '';
    return { name: plain, content: Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1') };
  }
  return null;
}
