package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.POJONode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
    /** RFC 8785, section 3.2.2 (input) and 3.2.4 (the expected bytes). */
    @Test
    void theExampleOfTheRfc() throws IdentityRefused {
        String input = """
                {
                  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                  "literals": [null, true, false]
                }""";
        String expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assertThat(CanonicalJson.text(TestData.json(input))).isEqualTo(expected);
        assertThat(HexFormat.ofDelimiter(" ").formatHex(CanonicalJson.bytes(TestData.json(input))))
                .startsWith("7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72")
                .contains("22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22")
                .endsWith("5c 5c 5c 5c 5c 22 2f 22 7d");
    }

    /** RFC 8785, section 3.2.3: names sort by UTF-16 units, not by code points. */
    @Test
    void theSortingExampleOfTheRfc() throws IdentityRefused {
        String input = """
                {
                  "\\u20ac": "Euro Sign",
                  "\\r": "Carriage Return",
                  "\\ufb33": "Hebrew Letter Dalet With Dagesh",
                  "1": "One",
                  "\\ud83d\\ude00": "Emoji: Grinning Face",
                  "\\u0080": "Control",
                  "\\u00f6": "Latin Small Letter O With Diaeresis"
                }""";
        JsonNode sorted = TestData.json(CanonicalJson.text(TestData.json(input)));
        assertThat(sorted.properties().stream().map(member -> member.getValue().asText()))
                .containsExactly(
                        "Carriage Return",
                        "One",
                        "Control",
                        "Latin Small Letter O With Diaeresis",
                        "Euro Sign",
                        "Emoji: Grinning Face",
                        "Hebrew Letter Dalet With Dagesh");
    }

    /** The files that the RFC's appendix points to. */
    @Test
    void theSamplesOfTheRfcsAuthor() throws IdentityRefused {
        JsonNode samples = TestData.json(TestData.text("rfc8785.json"));
        assertThat(samples).hasSize(6);
        for (JsonNode sample : samples) {
            assertThat(CanonicalJson.text(TestData.json(sample.get("input").asText())))
                    .as(sample.get("name").asText())
                    .isEqualTo(sample.get("output").asText());
        }
    }

    /** RFC 8785, appendix B. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2",
    })
    void theNumbersOfTheRfc(String bits, String expected) throws IdentityRefused {
        assertThat(CanonicalJson.text(number(bits))).isEqualTo(expected);
    }

    @Test
    void numbersAreAsNodePrintsThem() throws IdentityRefused {
        int count = 0;
        for (String line : TestData.text("ecma-numbers.txt").lines().toList()) {
            String[] parts = line.split(" ");
            assertThat(CanonicalJson.text(number(parts[0]))).as(parts[0]).isEqualTo(parts[1]);
            count++;
        }
        assertThat(count).isGreaterThan(1_400);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "-7, -7",
        "9007199254740992, 9007199254740992",
        "-9007199254740992, -9007199254740992",
        "9007199254740994, 9007199254740994",
        "9223372036854775808, 9223372036854776000",
        "-9223372036854775808, -9223372036854776000",
        "1.0, 1",
        "1e2, 100",
        "1E400, refused",
        "9007199254740993, refused",
        "-9007199254740993, refused",
        "9223372036854775807, refused",
        "18446744073709551617, refused",
    })
    void integersAreExactOrRefused(String input, String expected) throws IdentityRefused {
        JsonNode value = TestData.json(input);
        if (expected.equals("refused")) {
            assertThat(refusal(value)).isNotNull();
        } else {
            assertThat(CanonicalJson.text(value)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNoNumberIsRefused(double value) {
        assertThat(refusal(DoubleNode.valueOf(value))).isNotNull();
    }

    @Test
    void everyControlCharacterHasItsOneEscape() throws IdentityRefused {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x20; c++) {
            all.append(c);
        }
        assertThat(CanonicalJson.text(JsonNodeFactory.instance.textNode(all + "\u007f\u2028/")))
                .isEqualTo(
                        "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
                                + "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c"
                                + "\\u001d\\u001e\\u001f\u007f\u2028/\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud800\"", "\"\\udc00\"", "\"a\\ud83dz\"", "\"\\ude00\\ud83d\""})
    void halvesOfSurrogatePairsAreRefused(String input) {
        assertThat(refusal(TestData.json(input))).isNotNull();
        String text = TestData.json(input).textValue();
        assertThat(refusal(JsonNodeFactory.instance.objectNode().put(text, 1))).isNotNull();
    }

    @Test
    void wholePairsAreUtf8() throws IdentityRefused {
        assertThat(CanonicalJson.bytes(TestData.json("\"\\ud83d\\ude00\"")))
                .isEqualTo("\"\ud83d\ude00\"".getBytes(StandardCharsets.UTF_8))
                .hasSize(6);
    }

    @Test
    void objectsInsideObjectsAreSortedToo() throws IdentityRefused {
        assertThat(CanonicalJson.text(TestData.json("{\"b\":[{\"z\":1,\"a\":{}}],\"a\":{\"d\":[],\"c\":\"\"}}")))
                .isEqualTo("{\"a\":{\"c\":\"\",\"d\":[]},\"b\":[{\"a\":{},\"z\":1}]}");
    }

    @Test
    void depthHasABound() {
        assertThatCode(() -> CanonicalJson.bytes(nested(CanonicalJson.MAX_DEPTH)))
                .doesNotThrowAnyException();
        assertThat(refusal(nested(CanonicalJson.MAX_DEPTH + 1))).isNotNull();
    }

    @Test
    void whatIsNotJsonIsRefused() {
        assertThat(refusal(new POJONode(new Object()))).isNotNull();
        assertThat(refusal(JsonNodeFactory.instance.binaryNode(new byte[1]))).isNotNull();
        assertThat(refusal(JsonNodeFactory.instance.numberNode(BigInteger.TEN.pow(400))))
                .isNotNull();
    }

    private static JsonNode nested(int depth) {
        return TestData.json("[".repeat(depth) + "1" + "]".repeat(depth));
    }

    private static DoubleNode number(String bits) {
        return DoubleNode.valueOf(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16)));
    }

    private static IdentityRefused refusal(JsonNode value) {
        IdentityRefused refused = catchThrowableOfType(IdentityRefused.class, () -> CanonicalJson.bytes(value));
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.NOT_CANONICAL);
        return refused;
    }
}
