// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Comment;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Writes one Java type for each D-Bus interface described in a folder of introspection files. It needs nothing but a JDK, and the
 * same files always give the same text. An XML comment directly before an interface, method, signal or property becomes its Javadoc.
 */
public final class GenerateInterfaces {
    private static final String PACKAGE = "org.spectrum_os.portal.dbus.iface";
    private static final String HEADER = """
            // SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
            // SPDX-License-Identifier: Apache-2.0
            // Generated from %s; change that file instead.
            """;

    private record Argument(String name, String type) {
        String identifier() {
            return camel(name, false);
        }
    }

    private record Member(String name, String doc, List<Argument> in, List<Argument> out) {}

    private record Property(String name, String doc, String type, String access) {}

    private GenerateInterfaces() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2 || args[0].equals("--help")) {
            System.err.println("usage: java GenerateInterfaces.java FOLDER-WITH-XML OUTPUT-FOLDER");
            System.exit(args.length == 1 ? 0 : 2);
        }
        Path output = Path.of(args[1]).resolve(PACKAGE.replace('.', '/'));
        Files.createDirectories(output);
        List<Path> sources;
        try (var files = Files.list(Path.of(args[0]))) {
            sources = files.filter(file -> file.toString().endsWith(".xml"))
                    .sorted()
                    .toList();
        }
        List<Path> written = new ArrayList<>();
        for (Path source : sources) {
            var interfaces = parse(source).getElementsByTagName("interface");
            if (interfaces.getLength() != 1) {
                throw new IOException(source + ": has " + interfaces.getLength() + " interfaces, write one per file");
            }
            Element description = (Element) interfaces.item(0);
            String type = javaName(description.getAttribute("name"));
            Path file = output.resolve(type + ".java");
            replace(file, java(description, type, source.getFileName().toString()));
            written.add(file);
        }
        Path packageInfo = output.resolve("package-info.java");
        replace(packageInfo, HEADER.formatted("the interface files") + """
                /**
                 * The D-Bus interfaces as Java types: names, signatures, and a record for the arguments of each method and signal.
                 *
                 * <p>Everything here is generated. Nothing here talks to a bus.
                 */
                @org.jspecify.annotations.NullMarked
                package %s;
                """.formatted(PACKAGE));
        written.add(packageInfo);
        try (var files = Files.list(output)) {
            for (Path stale : files.filter(file -> !written.contains(file)).toList()) {
                Files.delete(stale);
            }
        }
    }

    private static Element parse(Path source) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(source.toFile()).getDocumentElement();
    }

    /** Leaves an unchanged file alone, so that an incremental build compiles nothing anew. */
    private static void replace(Path file, String text) throws IOException {
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
        }
    }

    /** The portals come in pairs, what applications see and what a backend serves; all other names stay as they are. */
    private static String javaName(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        if (name.startsWith("org.freedesktop.impl.portal.")) {
            return last + "Backend";
        }
        return name.startsWith("org.freedesktop.portal.") ? last + "Portal" : last;
    }

    private static String java(Element description, String type, String source) {
        String name = description.getAttribute("name");
        List<Member> methods = members(description, "method");
        List<Member> signals = members(description, "signal");
        List<Property> properties = elements(description, "property").stream()
                .map(e ->
                        new Property(e.getAttribute("name"), doc(e), e.getAttribute("type"), e.getAttribute("access")))
                .toList();
        var out = new StringBuilder(HEADER.formatted(source));
        out.append("package ").append(PACKAGE).append(";\n\n");
        // No type of java.util by its short name: a method of an interface may be called List.
        out.append("import org.freedesktop.dbus.types.Variant;\nimport org.spectrum_os.portal.dbus.*;\n\n");
        javadoc(out, "", doc(description));
        out.append("@SuppressWarnings({\"unchecked\", \"unused\"})\n");
        out.append("public final class ").append(type).append(" {\n");
        out.append("    /** The name of the interface. */\n");
        out.append("    public static final String NAME = \"").append(name).append("\";\n\n");
        out.append("    /** The interface as introspection shows it. */\n");
        out.append(
                "    public static final InterfaceDescription DESCRIPTION = new InterfaceDescription(\n            NAME,\n");
        out.append("            java.util.List.of(")
                .append(methods.stream()
                        .map(m -> "\n                    new MethodDescription(\"" + m.name() + "\", " + list(m.in())
                                + ", " + list(m.out()) + ")")
                        .collect(Collectors.joining(",")))
                .append("),\n");
        out.append("            java.util.List.of(")
                .append(signals.stream()
                        .map(s -> "\n                    new SignalDescription(\"" + s.name() + "\", " + list(s.out())
                                + ")")
                        .collect(Collectors.joining(",")))
                .append("),\n");
        out.append("            java.util.List.of(")
                .append(properties.stream()
                        .map(p -> "\n                    new PropertyDescription(\"" + p.name() + "\", \"" + p.type()
                                + "\", PropertyDescription.Access." + p.access().toUpperCase(Locale.ROOT) + ")")
                        .collect(Collectors.joining(",")))
                .append("),\n");
        out.append("            \"\"\"\n")
                .append(xml(name, methods, signals, properties).indent(12))
                .append("            \"\"\");\n\n");
        out.append("    private ").append(type).append("() {}\n");
        if (!methods.isEmpty()) {
            out.append("\n    /** A call of one of the methods, for exhaustive matching. */\n");
            out.append("    public sealed interface Call permits ")
                    .append(methods.stream().map(Member::name).collect(Collectors.joining(", ")))
                    .append(" {\n");
            out.append(
                    "        /** The arguments of a call that the dispatcher has checked against {@link #DESCRIPTION}. */\n");
            out.append("        static Call of(MethodCall call) {\n            return switch (call.member()) {\n");
            methods.forEach(m -> out.append("                case ")
                    .append(m.name())
                    .append(".MEMBER -> ")
                    .append(m.name())
                    .append(".of(call);\n"));
            out.append(
                    "                default -> throw new IllegalArgumentException(NAME + \" has no method \" + call.member());\n");
            out.append("            };\n        }\n    }\n");
        }
        methods.forEach(m -> record(out, m, m.in(), "MethodCall call", "call", " implements Call"));
        signals.forEach(s -> record(out, s, s.out(), "SignalReceived signal", "signal", ""));
        for (Property property : properties) {
            out.append('\n');
            javadoc(
                    out,
                    "    ",
                    "The property " + property.name() + ", type " + property.type() + ". " + property.doc());
            out.append("    public static final String ")
                    .append(constant(property.name()))
                    .append("_PROPERTY = \"")
                    .append(property.name())
                    .append("\";\n");
        }
        return out.append("}\n").toString();
    }

    private static void record(
            StringBuilder out,
            Member member,
            List<Argument> arguments,
            String parameter,
            String variable,
            String implementing) {
        String in = signature(member.in());
        boolean method = !implementing.isEmpty();
        out.append('\n');
        javadoc(out, "    ", member.doc());
        out.append("    public record ")
                .append(member.name())
                .append('(')
                .append(arguments.stream()
                        .map(a -> javaType(a.type()) + " " + a.identifier())
                        .collect(Collectors.joining(", ")))
                .append(')')
                .append(implementing)
                .append(" {\n");
        out.append("        public static final String MEMBER = \"")
                .append(member.name())
                .append("\";\n");
        if (method) {
            out.append("        public static final String SIGNATURE = \"")
                    .append(in)
                    .append("\";\n");
            out.append("        public static final String REPLY_SIGNATURE = \"")
                    .append(signature(member.out()))
                    .append("\";\n\n");
        } else {
            out.append("        public static final String SIGNATURE = \"")
                    .append(signature(arguments))
                    .append("\";\n\n");
        }
        out.append("        /** Takes the arguments out of a message whose signature has been checked. */\n");
        out.append("        public static ")
                .append(member.name())
                .append(" of(")
                .append(parameter)
                .append(") {\n");
        out.append("            return new ").append(member.name()).append('(');
        for (int i = 0; i < arguments.size(); i++) {
            out.append(i == 0 ? "" : ", ")
                    .append(read(arguments.get(i).type(), variable + ".arguments().get(" + i + ")"));
        }
        out.append(");\n        }\n\n");
        out.append("        /** The arguments in order, ready to be sent with {@link #SIGNATURE}. */\n");
        out.append("        public Object[] toArguments() {\n            return new Object[] {")
                .append(arguments.stream().map(Argument::identifier).collect(Collectors.joining(", ")))
                .append("};\n        }\n    }\n");
    }

    private static String javaType(String type) {
        return switch (type) {
            case "y" -> "byte";
            case "b" -> "boolean";
            case "n" -> "short";
            case "q", "i" -> "int";
            case "u", "x" -> "long";
            case "t" -> "org.freedesktop.dbus.types.UInt64";
            case "d" -> "double";
            case "s", "o", "g" -> "String";
            case "h" -> "org.freedesktop.dbus.FileDescriptor";
            case "v" -> "Variant<?>";
            case "ay" -> "byte[]";
            case "as", "ao" -> "java.util.List<String>";
            case "a{sv}" -> "java.util.Map<String, Variant<?>>";
            case "aa{sv}" -> "java.util.List<java.util.Map<String, Variant<?>>>";
            default -> type.startsWith("a{") ? "java.util.Map<Object, Object>" : "java.util.List<Object>";
        };
    }

    private static String read(String type, String value) {
        return switch (type) {
            case "q", "i" -> "((Number) " + value + ").intValue()";
            case "u", "x" -> "((Number) " + value + ").longValue()";
            default -> "(" + javaType(type) + ") " + value;
        };
    }

    private static String list(List<Argument> arguments) {
        return arguments.stream()
                .map(a -> "new ArgumentDescription(\"" + a.name() + "\", \"" + a.type() + "\")")
                .collect(Collectors.joining(", ", "java.util.List.of(", ")"));
    }

    private static String signature(List<Argument> arguments) {
        return arguments.stream().map(Argument::type).collect(Collectors.joining());
    }

    private static String xml(String name, List<Member> methods, List<Member> signals, List<Property> properties) {
        var xml = new StringBuilder("<interface name=\"" + name + "\">\n");
        for (Member method : methods) {
            xml.append("  <method name=\"").append(method.name()).append("\">\n");
            method.in()
                    .forEach(a -> xml.append(
                            "    <arg type=\"" + a.type() + "\" name=\"" + a.name() + "\" direction=\"in\"/>\n"));
            method.out()
                    .forEach(a -> xml.append(
                            "    <arg type=\"" + a.type() + "\" name=\"" + a.name() + "\" direction=\"out\"/>\n"));
            xml.append("  </method>\n");
        }
        for (Member signal : signals) {
            xml.append("  <signal name=\"").append(signal.name()).append("\">\n");
            signal.out().forEach(a -> xml.append("    <arg type=\"" + a.type() + "\" name=\"" + a.name() + "\"/>\n"));
            xml.append("  </signal>\n");
        }
        properties.forEach(p -> xml.append(
                "  <property name=\"" + p.name() + "\" type=\"" + p.type() + "\" access=\"" + p.access() + "\"/>\n"));
        return xml.append("</interface>\n").toString();
    }

    private static List<Member> members(Element description, String kind) {
        return elements(description, kind).stream()
                .map(e -> {
                    List<Argument> in = new ArrayList<>();
                    List<Argument> out = new ArrayList<>();
                    for (Element arg : elements(e, "arg")) {
                        boolean incoming = kind.equals("method")
                                && !arg.getAttribute("direction").equals("out");
                        (incoming ? in : out).add(new Argument(arg.getAttribute("name"), arg.getAttribute("type")));
                    }
                    return new Member(e.getAttribute("name"), doc(e), in, out);
                })
                .toList();
    }

    private static List<Element> elements(Element parent, String tag) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(tag)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String doc(Element element) {
        for (Node node = element.getPreviousSibling(); node != null; node = node.getPreviousSibling()) {
            if (node instanceof Comment comment) {
                return comment.getData().strip().replaceAll("\\s+", " ");
            }
            if (node instanceof Element) {
                break;
            }
        }
        throw new IllegalArgumentException(
                element.getTagName() + " " + element.getAttribute("name") + " has no comment before it; write one");
    }

    private static void javadoc(StringBuilder out, String indent, String text) {
        String safe = text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;");
        var line = new StringBuilder();
        out.append(indent).append("/**\n");
        for (String word : safe.split(" ")) {
            if (line.length() + word.length() > 110) {
                out.append(indent).append(" *").append(line).append('\n');
                line.setLength(0);
            }
            line.append(' ').append(word);
        }
        out.append(indent).append(" *").append(line).append('\n').append(indent).append(" */\n");
    }

    private static String camel(String name, boolean capital) {
        var result = new StringBuilder();
        for (String part : name.split("[_-]")) {
            boolean upper = capital || !result.isEmpty();
            result.append(upper ? Character.toUpperCase(part.charAt(0)) : Character.toLowerCase(part.charAt(0)))
                    .append(part.substring(1));
        }
        return javax.lang.model.SourceVersion.isKeyword(result) ? result + "_" : result.toString();
    }

    private static String constant(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
