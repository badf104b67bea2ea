// Decodes single records with Avro for Java: a JSON object of strings a line in, one JSON object a line out.
//
// In: {"writer": schema, "reader": schema, "data": hex}, or {"hello": ""}. Out: {"value": ..., "leftover": n}, {"refused": reason}
// or {"version": ...}. An array in a value is a tag and what it is about: ["list", ...], ["bytes", hex], ["decimal", text],
// ["date", days], ["time", nanoseconds], ["instant", seconds, nanoseconds]. Nothing but the JDK and Avro itself is used, so that
// every version of Avro can be asked, whichever JSON library it brings.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Conversion;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;

public class Replay {
  static final int SCHEMAS_MAX = 512;
  static final int REASON_CHARACTERS_MAX = 300;
  static final String[] CONVERSIONS = {
    "org.apache.avro.Conversions$DecimalConversion",
    "org.apache.avro.data.TimeConversions$DateConversion",
    "org.apache.avro.data.TimeConversions$TimeMillisConversion",
    "org.apache.avro.data.TimeConversions$TimeMicrosConversion",
    "org.apache.avro.data.TimeConversions$TimestampMillisConversion",
    "org.apache.avro.data.TimeConversions$TimestampMicrosConversion",
  };
  static final GenericData DATA = new GenericData();
  static final Map<String, Schema> SCHEMAS = new HashMap<>();

  public static void main(String[] arguments) throws Exception {
    for (String name : CONVERSIONS) {
      try {
        DATA.addLogicalTypeConversion((Conversion<?>) Class.forName(name).getDeclaredConstructor().newInstance());
      } catch (ReflectiveOperationException | LinkageError absent) {
        // An older Avro lacks some of them; its values then stay as they are on the wire.
      }
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.print(answer(members(line)) + "\n");
      out.flush();
    }
  }

  static String answer(Map<String, String> asked) {
    StringBuilder told = new StringBuilder();
    if (asked.containsKey("hello")) {
      String version = Schema.class.getPackage().getImplementationVersion();
      return written(told.append("{\"version\":"), version == null ? "unknown" : version).append('}').toString();
    }
    try {
      ByteArrayInputStream data = new ByteArrayInputStream(unhex(asked.get("data")));
      GenericDatumReader<Object> reader =
          new GenericDatumReader<>(schema(asked.get("writer")), schema(asked.get("reader")), DATA);
      Object value = reader.read(null, DecoderFactory.get().directBinaryDecoder(data, null));
      written(told.append("{\"value\":"), value);
      return told.append(",\"leftover\":").append(data.available()).append('}').toString();
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError error) {
      String reason = String.valueOf(error).replaceAll("\\s+", " ");
      reason = reason.substring(0, Math.min(reason.length(), REASON_CHARACTERS_MAX));
      return written(new StringBuilder("{\"refused\":"), reason).append('}').toString();
    }
  }

  static Schema schema(String text) {
    if (SCHEMAS.size() > SCHEMAS_MAX) SCHEMAS.clear();
    return SCHEMAS.computeIfAbsent(text, fresh -> new Schema.Parser().parse(fresh));
  }

  static StringBuilder written(StringBuilder out, Object value) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) return out.append(value);
    if (value instanceof Float || value instanceof Double) return out.append(((Number) value).doubleValue());
    if (value instanceof BigDecimal) return tagged(out, "decimal", ((BigDecimal) value).toPlainString());
    if (value instanceof ByteBuffer) return tagged(out, "bytes", hex((ByteBuffer) value));
    if (value instanceof GenericFixed) return tagged(out, "bytes", hex(ByteBuffer.wrap(((GenericFixed) value).bytes())));
    if (value instanceof LocalDate) return tagged(out, "date", ((LocalDate) value).toEpochDay());
    if (value instanceof LocalTime) return tagged(out, "time", ((LocalTime) value).toNanoOfDay());
    if (value instanceof Instant) {
      Instant instant = (Instant) value;
      return tagged(out, "instant", instant.getEpochSecond(), (long) instant.getNano());
    }
    if (value instanceof Collection) return tagged(out, "list", ((Collection<?>) value).toArray());
    if (value instanceof Map) return members(out, (Map<?, ?>) value);
    if (value instanceof IndexedRecord) {
      IndexedRecord record = (IndexedRecord) value;
      Map<String, Object> fields = new LinkedHashMap<>();
      for (Schema.Field field : record.getSchema().getFields()) fields.put(field.name(), record.get(field.pos()));
      return members(out, fields);
    }
    return quoted(out, value.toString());
  }

  static StringBuilder tagged(StringBuilder out, String tag, Object... parts) {
    quoted(out.append('['), tag);
    for (Object part : parts) written(out.append(','), part);
    return out.append(']');
  }

  static StringBuilder members(StringBuilder out, Map<?, ?> map) {
    String before = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      written(quoted(out.append(before), entry.getKey().toString()).append(':'), entry.getValue());
      before = ",";
    }
    return out.append(map.isEmpty() ? "{}" : "}");
  }

  static StringBuilder quoted(StringBuilder out, String text) {
    out.append('"');
    for (int at = 0; at < text.length(); at++) {
      char one = text.charAt(at);
      if (one == '"' || one == '\\') out.append('\\').append(one);
      else if (one < ' ' || one > '~') out.append(String.format("\\u%04x", (int) one));
      else out.append(one);
    }
    return out.append('"');
  }

  /** Reads one flat JSON object whose members are strings, as this program's only caller writes them. */
  static Map<String, String> members(String line) {
    Map<String, String> found = new HashMap<>();
    int[] at = {0};
    while (line.indexOf('"', at[0]) >= 0) {
      String name = text(line, at);
      found.put(name, text(line, at));
    }
    return found;
  }

  static String text(String line, int[] at) {
    StringBuilder text = new StringBuilder();
    int here = line.indexOf('"', at[0]) + 1;
    for (; line.charAt(here) != '"'; here++) {
      if (line.charAt(here) != '\\') {
        text.append(line.charAt(here));
        continue;
      }
      char escape = line.charAt(++here);
      int known = "bfnrt".indexOf(escape);
      if (escape == 'u') {
        text.append((char) Integer.parseInt(line.substring(here + 1, here + 5), 16));
        here += 4;
      } else {
        text.append(known < 0 ? escape : "\b\f\n\r\t".charAt(known));
      }
    }
    at[0] = here + 1;
    return text.toString();
  }

  static String hex(ByteBuffer bytes) {
    StringBuilder digits = new StringBuilder();
    for (ByteBuffer left = bytes.duplicate(); left.hasRemaining(); ) digits.append(String.format("%02x", left.get()));
    return digits.toString();
  }

  static byte[] unhex(String digits) {
    byte[] bytes = new byte[digits.length() / 2];
    for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) Integer.parseInt(digits.substring(2 * at, 2 * at + 2), 16);
    return bytes;
  }
}
