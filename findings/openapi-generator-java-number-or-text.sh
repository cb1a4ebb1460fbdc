#!/bin/sh
# A Java client of openapi-generator cannot read a number where the document says "integer or string".
#
# openapi-generator-cli 7.26.0 (PyPI), -g java --library native, with a JDK of 17 or newer.
#
# `oneOf: [{type: integer}, {type: string}]` is what JSON Schema calls exactly one of two types. The
# generated class tries each of them with Jackson, which reads the number 100 as the text "100", too: it
# finds two that fit and gives up. Text is read, since no number comes of it. With `anyOf` the first that
# fits is taken, and both are read; there the typescript-fetch generator makes a type without members,
# `interface Key {}`, where it makes `number | string` of `oneOf`. No way to write it suits both.
#
# Seen, reading 100 and "x" in Java, and the type in TypeScript
#   oneOf: 2 classes match result, expected 1 / String x / number | string
#   anyOf: Long 100 / String x / interface Key
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openapi-generator-cli==7.26.0
jar=$(echo "$folder"/venv/lib/*/site-packages/openapi_generator_cli/*.jar)
mkdir -p "$folder/stubs/jakarta/annotation"
for name in Nullable Nonnull; do
    echo "package jakarta.annotation; public @interface $name {}" \
        >"$folder/stubs/jakarta/annotation/$name.java"
done
cat >"$folder/stubs/jakarta/annotation/Generated.java" <<'JAVA'
package jakarta.annotation;

public @interface Generated {
    String[] value();
    String date() default "";
    String comments() default "";
}
JAVA
cat >"$folder/Read.java" <<'JAVA'
import com.fasterxml.jackson.databind.ObjectMapper;
import org.openapitools.client.model.Key;

public class Read {
    public static void main(String[] args) {
        StringBuilder seen = new StringBuilder();
        for (String json : new String[] {"100", "\"x\""}) {
            try {
                Object value = new ObjectMapper().readValue(json, Key.class).getActualInstance();
                seen.append(value.getClass().getSimpleName()).append(" ").append(value);
            } catch (Exception error) {
                seen.append(error.getMessage().replaceFirst(".*Key: ", "").split("\n")[0]);
            }
            seen.append(" / ");
        }
        System.out.print(seen);
    }
}
JAVA
for word in oneOf anyOf; do
    cat >"$folder/$word.json" <<JSON
{
  "openapi": "3.1.0",
  "info": {"title": "Keys", "version": "1"},
  "paths": {"/keys": {"get": {"operationId": "show_key", "responses": {"200": {
    "description": "OK",
    "content": {"application/json": {"schema": {"\$ref": "#/components/schemas/Holder"}}}
  }}}}},
  "components": {"schemas": {
    "Holder": {"type": "object", "properties": {"key": {"\$ref": "#/components/schemas/Key"}}},
    "Key": {"$word": [{"type": "integer", "format": "int64"}, {"type": "string"}]}
  }}
}
JSON
    java -jar "$jar" generate -i "$folder/$word.json" -g java --library native \
        --additional-properties=openApiNullable=false,useJakartaEe=true \
        -o "$folder/$word/java" >"$folder/log" 2>&1 || cat "$folder/log"
    java -jar "$jar" generate -i "$folder/$word.json" -g typescript-fetch \
        -o "$folder/$word/typescript" >"$folder/log" 2>&1 || cat "$folder/log"
    find "$folder/$word/java/src/main" "$folder/stubs" "$folder/Read.java" -name '*.java' \
        >"$folder/sources"
    javac -nowarn -proc:none -cp "$jar" -d "$folder/$word/classes" "@$folder/sources" \
        2>"$folder/log" || cat "$folder/log"
    printf '%s: ' "$word"
    java -cp "$jar:$folder/$word/classes" Read
    sed -n 's/^export type Key = \(.*\);$/\1/p; s/^export \(interface Key\) {$/\1/p' \
        "$folder/$word/typescript/models/Key.ts"
done | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
oneOf: 2 classes match result, expected 1 / String x / number | string
anyOf: Long 100 / String x / interface Key
EXPECTED
