// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

class TypedJsonTest {
    private static final ObjectMapper JSON = TypedJson.mapper();

    private static MarshalledValue fromText(String json) throws Exception {
        return TypedJson.fromJson(JSON.readTree(json));
    }

    /** Through JSON and through text; the answer is the text. */
    private static String roundTrip(MarshalledValue value) throws Exception {
        JsonNode json = TypedJson.toJson(value);
        assertEquals(value, TypedJson.fromJson(json));
        byte[] text = JSON.writeValueAsBytes(json);
        assertEquals(value, TypedJson.fromJson(JSON.readTree(text)));
        return new String(text, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'y','value':0}",
                "{'type':'y','value':255}",
                "{'type':'b','value':true}",
                "{'type':'b','value':false}",
                "{'type':'n','value':-32768}",
                "{'type':'n','value':32767}",
                "{'type':'q','value':65535}",
                "{'type':'i','value':-2147483648}",
                "{'type':'i','value':2147483647}",
                "{'type':'u','value':4294967295}",
                "{'type':'x','value':-9223372036854775808}",
                "{'type':'x','value':9223372036854775807}",
                "{'type':'t','value':9223372036854775808}",
                "{'type':'t','value':18446744073709551615}",
                "{'type':'d','value':0.1}",
                "{'type':'d','value':4.9E-324}",
                "{'type':'d','value':-1.7976931348623157E308}",
                "{'type':'d','value':'0x7ff0000000000000'}",
                "{'type':'d','value':'0x8000000000000000'}",
                "{'type':'s','value':''}",
                "{'type':'o','value':'/org/x'}",
                "{'type':'g','value':''}",
                "{'type':'g','value':'a{sv}(ii)'}",
                "{'type':'ay','value':''}",
                "{'type':'ay','value':'AAEC/w=='}",
                "{'type':'aay','value':['','AA==']}",
                "{'type':'(suv)','value':['x',1,{'type':'s','value':'y'}]}",
                "{'type':'a(yv)','value':[[1,{'type':'as','value':[]}]]}",
                "{'type':'a{sv}','value':{'type':{'type':'b','value':true},'':{'type':'y','value':1}}}",
                "{'type':'a{oy}','value':{'/':1,'/a':2}}",
                "{'type':'a{gy}','value':{'as':1}}",
                "{'type':'a{sy}','value':[['a',1],['b',2],['a',3]]}",
                "{'type':'a{us}','value':[[7,'x'],[7,'x']]}",
                "{'type':'a{us}','value':[]}",
                "{'type':'a{ss}','value':{}}",
                "{'type':'v','value':{'type':'v','value':{'type':'x','value':5}}}"
            })
    void theFormIsExactlyThis(String json) throws Exception {
        String strict = json.replace('\'', '"');
        assertEquals(strict, roundTrip(fromText(strict)));
    }

    @Test
    void bitsOfNumbersAreTheWireForms() throws Exception {
        var out = new MarshalWriter();
        out.writeInt64(-1);
        assertEquals(
                "{\"type\":\"t\",\"value\":18446744073709551615}",
                roundTrip(MarshalledValue.of("t", out.toByteArray())));
        assertEquals("{\"type\":\"x\",\"value\":-1}", roundTrip(MarshalledValue.of("x", out.toByteArray())));
        assertEquals(
                "{\"type\":\"d\",\"value\":\"0xffffffffffffffff\"}",
                roundTrip(MarshalledValue.of("d", out.toByteArray())));
    }

    @Test
    void doublesKeepTheirBits() throws Exception {
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            var out = new MarshalWriter();
            // Half of them denormal, NaN or infinite.
            long exponent = (random.nextBoolean() ? 0x7ffL : 0) << 52;
            long bits = random.nextBoolean() ? random.nextLong() : (random.nextLong() & ~(0x7ffL << 52)) | exponent;
            out.writeInt64(bits);
            roundTrip(MarshalledValue.of("d", out.toByteArray()));
        }
    }

    @Test
    void doublesMayBeWrittenAsIntegersAndSurviveMappersWithDecimals() throws Exception {
        assertEquals(fromText("{\"type\":\"d\",\"value\":5.0}"), fromText("{\"type\":\"d\",\"value\":5}"));
        var decimals = JSON.copy().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        var values = new RandomValues(new Random(2));
        for (int i = 0; i < 10_000; i++) {
            MarshalledValue value = values.next("d");
            byte[] text = JSON.writeValueAsBytes(TypedJson.toJson(value));
            assertEquals(value, TypedJson.fromJson(decimals.readTree(text)));
        }
    }

    @Test
    void emptyArraysOfEveryElementType() throws Exception {
        for (String element : List.of(
                "y", "b", "n", "q", "i", "u", "x", "t", "d", "s", "o", "g", "v", "as", "ax", "(y)", "(xv)", "{sv}",
                "{ys}", "a{sv}")) {
            var out = new MarshalWriter();
            out.endArray(out.beginArray(element));
            roundTrip(MarshalledValue.of("a" + element, out.toByteArray()));
        }
    }

    @Test
    void variantsNestAsDeepAsDBusAllows() throws Exception {
        String deepest = "{\"type\":\"v\",\"value\":".repeat(63) + "{\"type\":\"y\",\"value\":1}" + "}".repeat(63);
        assertEquals(deepest, roundTrip(fromText(deepest)));
        JsonNode deeper = JSON.readTree("{\"type\":\"v\",\"value\":" + deepest + "}");
        assertThrows(MarshalException.class, () -> TypedJson.fromJson(deeper));
        String type = "a".repeat(32) + "(".repeat(31) + "y" + ")".repeat(31);
        String containers = "[".repeat(63) + "1" + "]".repeat(63);
        roundTrip(fromText("{\"type\":\"" + type + "\",\"value\":" + containers + "}"));
    }

    @Test
    void awkwardTextsAreKept() throws Exception {
        for (String text : RandomValues.AWKWARD) {
            var out = new MarshalWriter();
            int array = out.beginArray("{ss}");
            out.beginStruct();
            out.writeString(text);
            out.writeString(text + text);
            out.endArray(array);
            roundTrip(MarshalledValue.of("a{ss}", out.toByteArray()));
        }
    }

    @Test
    void bigValuesAreKept() throws Exception {
        byte[] bytes = new byte[1 << 20];
        new Random(3).nextBytes(bytes);
        var out = new MarshalWriter();
        int array = out.beginArray("y");
        out.writeBytes(bytes);
        out.endArray(array);
        roundTrip(MarshalledValue.of("ay", out.toByteArray()));

        out = new MarshalWriter();
        array = out.beginArray("{os}");
        out.beginStruct();
        out.writeObjectPath("/a".repeat(1 << 19));
        out.writeString("\u00e4".repeat(1 << 19));
        out.endArray(array);
        roundTrip(MarshalledValue.of("a{os}", out.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void randomValuesAreKept(long seed) throws Exception {
        var values = new RandomValues(new Random(seed));
        int containers = 0;
        for (int i = 0; i < 10_000; i++) {
            MarshalledValue value = values.next();
            containers += value.type().length() > 1 ? 1 : 0;
            roundTrip(value);
        }
        assertTrue(containers > 2_000, containers + " containers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            5                                        | an object of the members
            {"type":"y"}                             | an object of the members
            {"value":1}                              | an object of the members
            {"type":"y","value":1,"more":2}          | an object of the members
            {"type":1,"value":1}                     | an object of the members
            {"type":"yy","value":1}                  | not one complete
            {"type":"","value":1}                    | not one complete
            {"type":"{sv}","value":[]}               | no valid D-Bus signature
            {"type":"h","value":1}                   | outside its message
            {"type":"ah","value":[1]}                | outside its message
            {"type":"y","value":256}                 | range of type 'y', 0 to 255
            {"type":"y","value":-1}                  | range
            {"type":"y","value":1.0}                 | an integer in JSON, not number
            {"type":"n","value":32768}               | range
            {"type":"q","value":65536}               | range
            {"type":"i","value":2147483648}          | range
            {"type":"u","value":4294967296}          | range
            {"type":"x","value":9223372036854775808} | range
            {"type":"t","value":18446744073709551616} | range
            {"type":"t","value":-1}                  | range
            {"type":"t","value":"1"}                 | an integer in JSON, not string
            {"type":"b","value":1}                   | true or false
            {"type":"b","value":null}                | true or false in JSON, not null
            {"type":"d","value":1e999}               | range
            {"type":"d","value":"0x123"}             | hexadecimal
            {"type":"d","value":"NaN"}               | hexadecimal
            {"type":"s","value":1}                   | a string
            {"type":"s","value":"\\u0000"}           | NUL
            {"type":"s","value":"\\ud800"}           | UTF-8
            {"type":"o","value":"x"}                 | object path
            {"type":"g","value":"zz"}                | signature
            {"type":"ay","value":"***"}              | base64
            {"type":"ay","value":[1]}                | a string
            {"type":"as","value":{}}                 | an array
            {"type":"(ss)","value":["x"]}            | an array of 2 in JSON, not array of 1
            {"type":"a{us}","value":{"1":"x"}}       | an array of pairs
            {"type":"a{su}","value":[["x"]]}         | an array of two
            {"type":"a{oy}","value":{"x":1}}         | object path
            {"type":"v","value":1}                   | an object of the members
            """)
    void whatIsNoValueIsRefused(String json, String reason) throws Exception {
        JsonNode node = JSON.readTree(json);
        String message = String.valueOf(assertThrows(MarshalException.class, () -> TypedJson.fromJson(node))
                .getMessage());
        assertTrue(message.contains(reason), message);
    }

    @Test
    void aMemberThatOccursTwiceIsNoJson() {
        assertThrows(JacksonException.class, () -> fromText("{\"type\":\"a{sy}\",\"value\":{\"a\":1,\"a\":2}}"));
        assertThrows(JacksonException.class, () -> fromText("{\"type\":\"y\",\"value\":1} 2"));
    }
}
