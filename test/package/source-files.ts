/** The source files under nodes/ and what each imports, read with the TypeScript compiler's own parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

export interface Import {
  /** As written. */
  specifier: string;
  /** Path under nodes/ with its ending where it is one of our files, else null. */
  file: string | null;
  /** Vanishes from the output: nothing is loaded. */
  typeOnly: boolean;
}

export interface SourceFile {
  /** Path under nodes/, with slashes. */
  path: string;
  imports: Import[];
  /** Names used as a global or variable, not as a property. */
  identifiers: Set<string>;
  lines: number;
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

let parsed: SourceFile[] | null = null;

/** Parsed once for all. Tests run at the package's root, from source and compiled alike. */
export function sourceFiles(): SourceFile[] {
  parsed ??= readAll();
  return parsed;
}

function readAll(): SourceFile[] {
  const paths = new Set(filesUnder('nodes').map((path) => relative('nodes', path).split(sep).join('/')));
  return [...paths].filter((path) => path.endsWith('.ts')).map((path) => read(path, paths));
}

function read(path: string, paths: Set<string>): SourceFile {
  const text = readFileSync(join('nodes', path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const identifiers = new Set<string>();
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    imports.push({ specifier: specifier.text, typeOnly, file: resolved(path, specifier.text, paths) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
    else if (ts.isIdentifier(node) && !isPropertyName(node)) identifiers.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, imports, identifiers, lines: text.trimEnd().split('\n').length };
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isPropertyAccessExpression(parent) && parent.name === node)
    || (ts.isPropertyAssignment(parent) && parent.name === node)
    || ((ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node);
}

function resolved(from: string, specifier: string, paths: Set<string>): string | null {
  if (!specifier.startsWith('.')) return null;
  const path = posix.join(dirname(from).split(sep).join('/'), specifier);
  return [path, `${path}.ts`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')].find((candidate) => paths.has(candidate)) ?? path;
}
