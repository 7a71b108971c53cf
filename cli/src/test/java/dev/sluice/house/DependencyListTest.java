package dev.sluice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** docs/dependencies.md names everything the poms bring in, with its version, and nothing else. */
class DependencyListTest {
    private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

    /** {@code | `group:artifact` | version | ...}. */
    private static final Pattern ROW = Pattern.compile("^\\| `([^`:]+:[^`]+)` \\| ([^ |]+) \\|", Pattern.MULTILINE);

    @Test
    void the_list_is_what_the_poms_say() throws IOException {
        assertThat(listed()).isEqualTo(declared());
    }

    private static Map<String, String> listed() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(ROOT.resolve("docs/dependencies.md")));
        while (row.find()) {
            rows.put(row.group(1), row.group(2));
        }
        return rows;
    }

    /** Versions stand in the parent pom only; the modules name what they use. */
    private static Map<String, String> declared() throws IOException {
        Document parent = parse(ROOT.resolve("pom.xml"));
        Map<String, String> versions = new TreeMap<>();
        Set<String> used = new TreeSet<>();
        for (Path pom : poms()) {
            for (Element artifact : artifacts(parse(pom))) {
                String name = name(artifact);
                used.add(name);
                child(artifact, "version").ifPresent(version -> versions.put(name, resolve(parent, version)));
            }
        }
        assertThat(versions.keySet()).as("artifacts with a pinned version").containsAll(used);
        return versions;
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> files = Files.find(ROOT, 2, (path, _) -> path.endsWith("pom.xml"))) {
            return files.toList();
        }
    }

    private static List<Element> artifacts(Document pom) {
        return Stream.of("dependency", "plugin", "path")
                .flatMap(tag -> elements(pom.getElementsByTagName(tag)))
                .filter(element -> child(element, "artifactId").isPresent())
                .filter(element -> !name(element).startsWith("dev.sluice:"))
                .toList();
    }

    private static String name(Element artifact) {
        return child(artifact, "groupId").orElse("org.apache.maven.plugins") + ":"
                + child(artifact, "artifactId").orElseThrow();
    }

    private static String resolve(Document parent, String version) {
        if (!version.startsWith("${")) {
            return version;
        }
        return parent.getElementsByTagName(version.substring(2, version.length() - 1))
                .item(0)
                .getTextContent();
    }

    private static Optional<String> child(Element element, String tag) {
        return elements(element.getChildNodes())
                .filter(node -> node.getTagName().equals(tag))
                .map(Element::getTextContent)
                .findFirst();
    }

    private static Stream<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }

    private static Document parse(Path pom) throws IOException {
        try {
            return DocumentBuilderFactory.newNSInstance().newDocumentBuilder().parse(pom.toFile());
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError("not a readable pom: " + pom, e);
        }
    }
}
